/**
 * Evaluates the part of PromQL that our alert rules use, as Prometheus does: selectors with a look-back of five minutes, rate and
 * increase with their extrapolation, comparison, arithmetic, `or`, `and`, max, min and sum by labels, absent. Anything else is
 * an error and no guess.
 */
import { childOf, parsePromql, selectorOf, type Matcher, type PromNode } from './parse.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly labels: Labels;
  /** `[seconds, value]`, oldest first. */
  readonly samples: readonly (readonly [seconds: number, value: number])[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

interface Moment {
  readonly series: readonly Series[];
  readonly seconds: number;
}

type Value = number | readonly Sample[];

const lookBackSeconds = 300;

export const evaluate = (
  expression: string,
  series: readonly Series[],
  seconds: number,
): readonly Sample[] => {
  const value = valueOf(parsePromql(expression), { series, seconds });
  if (typeof value === 'number') throw new Error(`a rule needs a vector: ${expression}`);
  return value;
};

function valueOf(node: PromNode, moment: Moment): Value {
  switch (node.name) {
    case 'NumberDurationLiteral':
      return Number(node.text);
    case 'ParenExpr':
      return valueOf(first(node), moment);
    case 'VectorSelector':
      return select(node, moment, lookBackSeconds).flatMap(({ labels, samples }) => {
        const last = samples.at(-1);
        return last ? [{ labels, value: last[1] }] : [];
      });
    case 'FunctionCall':
      return call(node, moment);
    case 'AggregateExpr':
      return aggregate(node, moment);
    case 'BinaryExpr':
      return binary(node, moment);
    default:
      throw new Error(`this evaluator knows no ${node.name}: ${node.text}`);
  }
}

const first = (node: PromNode): PromNode => {
  const [child] = node.children;
  if (!child) throw new Error(`nothing in ${node.text}`);
  return child;
};

/** The series that a selector means, with their samples within so many seconds. */
function select(node: PromNode, { series, seconds }: Moment, withinSeconds: number): readonly Series[] {
  const { metric, matchers } = selectorOf(node);
  return series
    .filter(({ labels }) => labels['__name__'] === metric && matchers.every((one) => matches(one, labels)))
    .map(({ labels, samples }) => ({
      labels,
      samples: samples.filter(([at]) => at <= seconds && at > seconds - withinSeconds),
    }));
}

function matches({ label, operator, value }: Matcher, labels: Labels): boolean {
  const found = labels[label] ?? '';
  const isEqual = operator.includes('~') ? new RegExp(`^(?:${value})$`).test(found) : found === value;
  return operator.startsWith('!') ? !isEqual : isEqual;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = unitSeconds[unit];
  if (seconds === undefined) throw new Error(`not a duration: ${text}`);
  return Number(count) * seconds;
}

function call(node: PromNode, moment: Moment): Value {
  const name = childOf(node, 'FunctionIdentifier')?.text ?? '';
  const argument = first(childOf(node, 'FunctionCallBody') ?? node);
  if (name === 'absent') {
    const value = valueOf(argument, moment);
    const { matchers } = selectorOf(argument);
    const labels = Object.fromEntries(
      matchers.filter(({ operator }) => operator === '=').map(({ label, value: text }) => [label, text]),
    );
    return typeof value === 'number' || value.length > 0 ? [] : [{ labels, value: 1 }];
  }
  if (name !== 'rate' && name !== 'increase') throw new Error(`this evaluator knows no ${name}`);
  const withinSeconds = secondsOf(childOf(argument, 'DurationExpr')?.text ?? '');
  return select(first(argument), moment, withinSeconds).flatMap(({ labels, samples }) => {
    if (samples.length < 2) return [];
    const grown = extrapolated(samples, {
      fromSeconds: moment.seconds - withinSeconds,
      toSeconds: moment.seconds,
    });
    return [{ labels: unnamed(labels), value: name === 'rate' ? grown / withinSeconds : grown }];
  });
}

interface Range {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/**
 * Growth within the range: what the samples show, stretched to the ends of the range where these lie within little more than the usual
 * distance of two samples, and half of that distance beyond the samples otherwise; never to before the counter was 0.
 */
function extrapolated(samples: Series['samples'], { fromSeconds, toSeconds }: Range): number {
  const [firstAt, firstValue] = samples[0] ?? [0, 0];
  const [lastAt] = samples.at(-1) ?? [0, 0];
  const grown = growth(samples.map(([, value]) => value));
  const sampled = lastAt - firstAt;
  const distance = sampled / (samples.length - 1);
  const reach = (gap: number): number => (gap >= distance * 1.1 ? distance / 2 : gap);
  const toZero = grown > 0 ? sampled * (firstValue / grown) : Number.POSITIVE_INFINITY;
  const before = Math.min(reach(firstAt - fromSeconds), toZero);
  return grown * ((sampled + before + reach(toSeconds - lastAt)) / sampled);
}

/** A counter that is smaller than before has begun again at 0. */
const growth = (values: readonly number[]): number =>
  values.slice(1).reduce((sum, value, at) => {
    const before = values[at] ?? 0;
    return sum + (value < before ? value : value - before);
  }, 0);

const combine: Readonly<Record<string, (values: readonly number[]) => number>> = {
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  sum: (values) => values.reduce((sum, value) => sum + value, 0),
};

function aggregate(node: PromNode, moment: Moment): readonly Sample[] {
  const operator = childOf(node, 'AggregateOp')?.text ?? '';
  const combined = combine[operator];
  const modifier = childOf(node, 'AggregateModifier');
  if (!combined || (modifier && !childOf(modifier, 'By')))
    throw new Error(`this evaluator knows no ${node.text}`);
  const by = modifier ? (childOf(modifier, 'GroupingLabels')?.children ?? []).map(({ text }) => text) : [];
  const samples = valueOf(first(childOf(node, 'FunctionCallBody') ?? node), moment);
  if (typeof samples === 'number') throw new Error(`${operator} of a number`);
  const groups = new Map<string, { labels: Labels; values: number[] }>();
  for (const { labels, value } of samples) {
    const kept = Object.fromEntries(by.flatMap((label) => (labels[label] ? [[label, labels[label]]] : [])));
    const key = keyOf(kept);
    const group = groups.get(key) ?? { labels: kept, values: [] };
    group.values.push(value);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: combined(values) }));
}

const compare: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
};
const compute: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

function binary(node: PromNode, moment: Moment): readonly Sample[] {
  const [leftNode, operatorNode, rightNode, ...more] = node.children;
  if (!leftNode || !operatorNode || !rightNode || more.length > 0)
    throw new Error(`this evaluator knows no matching: ${node.text}`);
  const [left, right] = [valueOf(leftNode, moment), valueOf(rightNode, moment)];
  if (typeof left === 'number') throw new Error(`a number on the left: ${node.text}`);
  const operator = operatorNode.text;
  if (operator === 'or' || operator === 'and') return together(operator, left, right);
  const partner = new Map(
    typeof right === 'number' ? [] : right.map(({ labels, value }) => [keyOf(labels), value]),
  );
  const [compared, computed] = [compare[operator], compute[operator]];
  return left.flatMap(({ labels, value }) => {
    const other = typeof right === 'number' ? right : partner.get(keyOf(labels));
    if (other === undefined) return [];
    if (compared) return compared(value, other) ? [{ labels, value }] : [];
    if (!computed) throw new Error(`this evaluator knows no ${operator}`);
    return [{ labels: unnamed(labels), value: computed(value, other) }];
  });
}

function together(operator: 'or' | 'and', left: readonly Sample[], right: Value): readonly Sample[] {
  if (typeof right === 'number') throw new Error(`${operator} with a number`);
  const [inLeft, inRight] = [left, right].map((side) => new Set(side.map(({ labels }) => keyOf(labels))));
  return operator === 'or'
    ? [...left, ...right.filter(({ labels }) => inLeft?.has(keyOf(labels)) === false)]
    : left.filter(({ labels }) => inRight?.has(keyOf(labels)) === true);
}

const unnamed = ({ __name__: _, ...labels }: Labels): Labels => labels;
/** Two samples belong together when all labels but the name are equal. */
const keyOf = (labels: Labels): string => JSON.stringify(Object.entries(unnamed(labels)).sort());
