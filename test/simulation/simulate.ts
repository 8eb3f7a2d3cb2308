/** `npm run simulate -- --rolls N [--seed S | --starts N] [--json]`: rolls, faults and crashes by the thousand, on virtual time. */
import { randomInt } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { planEpisode } from './plan.ts';
import { shrink, type Story } from './shrink.ts';
import { simulate, type Simulated, type SimulationSummary } from './simulation.ts';
import { lifeIn } from './story.ts';

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number, like 2000');
  return Number(text);
};

interface Options {
  readonly rolls: number;
  readonly seed?: number;
  readonly starts: number;
  readonly workers?: number;
  readonly json?: true;
}

const program = new Command('simulate')
  .description('Runs the real machines through crashes and faults of every kind, on virtual time.')
  .option('--rolls <n>', 'how many rolls', wholeNumber, 2_000)
  .option(
    '--seed <s>',
    'the first world (default: a random one); the same seed gives the same story',
    wholeNumber,
  )
  .option('--starts <n>', 'from how many random worlds on, instead of one', wholeNumber, 1)
  .option('--workers <n>', 'cores to use (default: all)', wholeNumber)
  .option('--json', 'print summary, violations and their story as one line of JSON');

const seedsMax = 900_000_000;

async function main({ rolls, seed, starts, workers, json }: Options): Promise<void> {
  const random = () => randomInt(seedsMax);
  const seeds = seed === undefined ? Array.from({ length: Math.max(starts, 1) }, random) : [seed];
  console.error(`first worlds: ${seeds.join(' ')}`);
  const bar = new SingleBar({ format: 'simulating {bar} {value}/{total} rolls', hideCursor: true });
  const showsBar = json !== true && process.stderr.isTTY;
  if (showsBar) bar.start(rolls, 0);
  const simulated = await simulate({
    rolls,
    seeds,
    ...(workers === undefined ? {} : { workers }),
    onProgress: (done) => showsBar && bar.update(Math.min(done, rolls)),
  });
  if (showsBar) bar.stop();
  const { summary, violations } = simulated;
  const story = await storyOf(simulated);
  if (story) printStory(simulated, story);
  console.log(json ? JSON.stringify({ ...summary, found: violations, story }) : tableOf(summary));
  process.exitCode = violations.length > 0 ? 1 : 0;
}

/** The first violation, in the shortest world that still has it. */
async function storyOf({ violations: [first] }: Simulated): Promise<Story | null> {
  if (!first) return null;
  console.error(`looking for a shorter story of seed ${first.seed} …`);
  return shrink(planEpisode(first.seed), first);
}

function printStory({ violations }: Simulated, { plan, violation, lines }: Story): void {
  for (const { seed, atMs, text } of violations.slice(0, 20))
    console.error(`violation: seed ${seed} at ${(atMs / 1_000).toFixed(3)} s: ${text}`);
  console.error(`\nseed ${plan.seed}, ${plan.daemons} daemon(s), ${plan.tasks.length} task(s); incidents:`);
  for (const incident of plan.incidents) console.error(`  ${JSON.stringify(incident)}`);
  console.error(`\n${lifeIn(lines, violation.text).join('\n')}\n\n${violation.text}`);
  console.error(`again: npm run simulate -- --rolls 1 --seed ${plan.seed}\n`);
}

function tableOf(summary: SimulationSummary): string {
  const table = new Table({ style: { head: [], border: [] } });
  const { faults, met, ...figures } = summary;
  for (const [name, value] of Object.entries(figures)) table.push([name, String(value)]);
  for (const [kind, count] of Object.entries(faults)) table.push([`fault: ${kind}`, String(count)]);
  for (const [what, count] of Object.entries(met)) table.push([`met: ${what}`, String(count)]);
  return table.toString();
}

await main(program.parse().opts<Options>());
