/** Lines of a chart: rounded at their bends, and where their middle is. Pure. */

export type Point = readonly [number, number];

const bendPx = 6;

/** As the `d` of an SVG path. */
export function pathOf(points: readonly Point[]): string {
  const [first, ...others] = points;
  if (!first) return '';
  const parts = [`M${pair(first)}`];
  others.forEach((point, at) => {
    const [before, after] = [points[at] as Point, others[at + 1]];
    if (!after) {
      parts.push(`L${pair(point)}`);
      return;
    }
    parts.push(`L${pair(towards(point, before))}`, `Q${pair(point)} ${pair(towards(point, after))}`);
  });
  return parts.join('');
}

const pair = ([x, y]: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
const distance = ([ax, ay]: Point, [bx, by]: Point): number => Math.hypot(ax - bx, ay - by);

/** From a bend a little towards the next point. */
function towards([x, y]: Point, to: Point): Point {
  const far = distance([x, y], to);
  const share = far === 0 ? 0 : Math.min(bendPx, far / 2) / far;
  return [x + (to[0] - x) * share, y + (to[1] - y) * share];
}

const endOf = (points: readonly Point[]): Point => points.at(-1) ?? [0, 0];

const headPx = 15;

/** Just before the arrow's head. */
export function beforeEnd(points: readonly Point[]): Point {
  const [end, before] = [endOf(points), points.at(-2) ?? endOf(points)];
  const far = distance(end, before);
  const share = far === 0 ? 0 : Math.min(headPx, far / 2) / far;
  return [end[0] + (before[0] - end[0]) * share, end[1] + (before[1] - end[1]) * share];
}

/** Half the way along. */
export function middleOf(points: readonly Point[]): Point {
  const total = points.slice(1).reduce((sum, point, at) => sum + distance(points[at] as Point, point), 0);
  let left = total / 2;
  for (const [at, point] of points.slice(1).entries()) {
    const before = points[at] as Point;
    const far = distance(before, point);
    if (far >= left && far > 0) {
      const share = left / far;
      return [before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share];
    }
    left -= far;
  }
  return endOf(points);
}
