/**
 * Shortens a world that went wrong: leaves out incidents, tasks, accounts and daemons for as long as the same violation
 * still occurs (delta debugging over the plan; the seed stays).
 */
import { Episode } from './episode.ts';
import type { Violation } from './episode-result.ts';
import type { EpisodePlan } from './plan.ts';

const runsMax = 250;

export interface Story {
  readonly plan: EpisodePlan;
  readonly violation: Violation;
  readonly lines: readonly string[];
}

export async function shrink(plan: EpisodePlan, violation: Violation): Promise<Story> {
  const wrong = kindOf(violation);
  let runs = 0;
  const stillFails = async (candidate: EpisodePlan): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    const { violations } = await new Episode(candidate).run();
    return violations.some((other) => kindOf(other) === wrong);
  };
  let best = plan;
  for (let before = Infinity; sizeOf(best) < before;) {
    before = sizeOf(best);
    best = await withFewer(best, 'incidents', stillFails);
    best = await withFewer(best, 'tasks', stillFails);
    if (best.daemons > 1 && (await stillFails({ ...best, daemons: 1 }))) best = { ...best, daemons: 1 };
  }
  return storyOf(best, violation);
}

/** Leaves out halves, then quarters, down to single ones. */
async function withFewer(
  plan: EpisodePlan,
  what: 'incidents' | 'tasks',
  stillFails: (plan: EpisodePlan) => Promise<boolean>,
): Promise<EpisodePlan> {
  let best = plan;
  for (let size = Math.ceil(best[what].length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best[what].length;) {
      const fewer = { ...best, [what]: best[what].filter((_, at) => at < from || at >= from + size) };
      if (fewer.tasks.length > 0 && (await stillFails(fewer))) best = fewer;
      else from += size;
    }
  }
  return best;
}

async function storyOf(plan: EpisodePlan, violation: Violation): Promise<Story> {
  const lines: string[] = [];
  const onStory = (atMs: number, line: string): void => {
    lines.push(`${(atMs / 1_000).toFixed(3).padStart(9)} s  ${line}`);
  };
  const { violations } = await new Episode(plan, { onStory }).run();
  const same = violations.find((other) => kindOf(other) === kindOf(violation)) ?? violation;
  const end = lines.findIndex((line) => line.endsWith(`!!! ${same.text}`));
  return { plan, violation: same, lines: end === -1 ? lines : lines.slice(0, end + 1) };
}

const sizeOf = ({ incidents, tasks, daemons }: EpisodePlan): number =>
  incidents.length + tasks.length + daemons;

/** The same thing went wrong when the sentences differ in names and numbers only. */
const kindOf = ({ text }: Violation): string =>
  text.replace(/\b(?:sim|daemon-|close-|open-|BTC-)[\w.-]*/g, 'x').replace(/\d+(\.\d+)?/g, '0');
