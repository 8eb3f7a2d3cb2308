/**
 * `npm run torture -- --kills N [--seed S] [--json]`: kills N daemons and says whether every roll happened once and
 * completely. Exit codes: 0 it did · 1 it did not, or the run failed before it was known · 130 interrupted.
 */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { isGood, resultText, screenFor, troubleText } from './screen.ts';
import { torture } from './torture.ts';

const whole = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number, like 200');
  return Number(text);
};

const { kills, seed, json } = new Command('torture')
  .description('Kill daemons with -9 at random moments, break everything around them, and compare the books')
  .option('--kills <count>', 'how many daemons to kill', whole, 10)
  .option('--seed <number>', 'repeats the decisions of an earlier run', whole, randomInt(1_000_000))
  .option('--json', 'the figures as one last line of JSON, and nothing else on stdout', false)
  .parse()
  .opts<{ kills: number; seed: number; json: boolean }>();

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('interrupted')));
process.once('SIGTERM', () => interruption.abort(new Error('interrupted')));

const screen = screenFor(json ? process.stderr : process.stdout, { kills, seed });
try {
  const report = await torture({
    kills,
    seed,
    signal: interruption.signal,
    onProgress: (progress) => screen.progress(progress),
  });
  screen.end();
  if (!isGood(report)) process.stderr.write(`${troubleText(report)}\n`);
  process.stdout.write(`${json ? JSON.stringify(report.figures) : resultText(report)}\n`);
  process.exitCode = isGood(report) ? 0 : 1;
} catch (error) {
  screen.end();
  if (!interruption.signal.aborted) throw error;
  // Everything is closed; the timers of kills and faults still to come are not waited for.
  process.exit(130);
}
