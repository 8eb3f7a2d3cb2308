/**
 * `npm run mutate -- [--zone ZONE] [--mutants N | --blocks N] [--seed S]`: changes the sources in places drawn at random, one at a time,
 * and says which changes no test noticed. The tests are the quick ones (vitest.config.ts), for use cases the contract tests, too, and random
 * properties are tried a few times only, so the score is a lower bound. Exit codes: 0 every zone reaches its figure · 1 one does not, or the run failed.
 */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { shuffledBlocks, type Block } from './blocks.ts';
import { countMutants, testMutants } from './mutants.ts';
import { scoreOf, survivorLines } from './report.ts';
import { filesOf, zones, type ZoneName } from './zones.ts';

interface Wanted {
  readonly zone: ZoneName | undefined;
  readonly mutants: number;
  readonly blocks: number | undefined;
  readonly seed: number;
}

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number, like 100');
  return Number(text);
};

const root = process.cwd();
const names = Object.keys(zones) as ZoneName[];

const wanted = new Command('mutate')
  .description('Change the sources in random places, one at a time, and say which changes no test notices')
  .addOption(new Option('--zone <zone>', 'only this one').choices(names))
  .option('--mutants <count>', 'blocks of lines are drawn until they have so many mutants', whole, 100)
  .addOption(
    new Option('--blocks <count>', 'draw so many blocks of 15 lines').argParser(whole).conflicts('mutants'),
  )
  .option('--seed <number>', 'repeats the choice of an earlier run', whole, randomInt(1_000_000))
  .addHelpText(
    'after',
    '\nExample: npm run mutate -- --zone domain --mutants 100 --seed 7\n' +
      'Exit codes: 0 every zone reaches its figure, 1 one does not or the run failed',
  )
  .parse()
  .opts<Wanted>();

for (const name of wanted.zone ? [wanted.zone] : names) {
  const { folder, killedMinPercent, tests, mutatesLoading } = zones[name];
  const blocks = await draw(shuffledBlocks(filesOf(root, folder), wanted.seed));
  print(`${name}, seed ${wanted.seed}:`, ...blocks.map(({ path, from, to }) => `  ${path}:${from}-${to}`));
  const mutants = await testMutants({
    root,
    blocks,
    configFile: `test/mutation/${tests}`,
    mutatesLoading,
  });
  const { killedPercent, ...score } = scoreOf(mutants);
  print(
    `${name}, seed ${wanted.seed}: ${score.mutants} mutants, ${score.killed} killed, ${score.survived} survived: ` +
      `${killedPercent} % (asked: ${killedMinPercent} %)`,
    ...survivorLines(mutants),
  );
  if (killedPercent < killedMinPercent) process.exitCode = 1;
}

/** The first of the blocks: as many as were asked for, or as have the mutants asked for. */
async function draw(shuffled: readonly Block[]): Promise<Block[]> {
  if (wanted.blocks !== undefined) return shuffled.slice(0, wanted.blocks);
  const drawn: Block[] = [];
  let count = 0;
  for (const block of shuffled) {
    if (count >= wanted.mutants) break;
    const mutants = await countMutants(root, block);
    count += mutants;
    if (mutants > 0) drawn.push(block);
  }
  return drawn;
}

function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
