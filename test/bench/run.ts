/**
 * `npm run bench [-- NAME ...] [--json]`: measures ratios in one run. Prints a table, or one JSON line per comparison;
 * progress goes to stderr. Exits with 1 when a bench broke; a ratio that is not reached is a result.
 */
import { fork } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import type { Message, Order } from './harness/message.ts';

const folder = fileURLToPath(new URL('./benches', import.meta.url));
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));

type Row = Extract<Message, { kind: 'comparison' }>;

interface Options {
  readonly json?: true;
  readonly quick?: boolean;
  readonly rounds: number;
}

const program = new Command('bench')
  .description(
    'Measures what a tick, a turn, a start and a task cost, against real alternatives, in one run.',
  )
  .argument('[names...]', `which ones, or the beginning of their names (default: all): ${names.join(', ')}`)
  .option('--json', 'one line of JSON per comparison')
  .option('--quick', 'small sizes, to see that everything works; the figures mean nothing')
  .option('--rounds <n>', 'rounds of each comparison', wholeNumber, 5)
  .action(main);

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 999, like 5');
  return Number(text);
}

/** `desk` stands for `desk-api` and `desk-page`. */
const benchesOf = (wanted: string): readonly string[] =>
  names.filter((name) => name === wanted || name.startsWith(`${wanted}-`));

async function main(wanted: string[], { json, quick = false, rounds }: Options): Promise<void> {
  const unknown = wanted.filter((name) => benchesOf(name).length === 0);
  if (unknown.length > 0)
    program.error(`error: no bench is called ${unknown.join(', ')}; there are ${names.join(', ')}`);
  const rows: Row[] = [];
  for (const name of wanted.length > 0 ? wanted.flatMap(benchesOf) : names) {
    const isDone = await measure({ name, rounds, quick }, (row) => {
      rows.push(row);
      if (json) console.log(JSON.stringify(row.comparison));
    });
    if (!isDone) process.exitCode = 1;
  }
  if (!json) console.log(tableOf(rows));
}

/** Never rejects. @returns whether the bench came to its end */
function measure(order: Order, onRow: (row: Row) => void): Promise<boolean> {
  const worker = fork(fileURLToPath(new URL('./harness/worker.ts', import.meta.url)), {
    execArgv: ['--expose-gc', '--max-old-space-size=12000', '--import', 'tsx'],
    // Whatever a bench or a peer prints must not end up among the JSON lines.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const say = (text: string) => console.error(`${order.name}: ${text}`);
  worker.on('message', (message: Message) => {
    if (message.kind === 'comparison') onRow(message);
    else say(message.kind === 'line' ? message.line : `not run: ${message.reason}`);
  });
  worker.send(order);
  return new Promise((resolve) => {
    worker.on('exit', (code, signal) => {
      if (code !== 0) say(`ended with ${signal ?? `code ${code ?? 'none'}`}`);
      resolve(code === 0);
    });
  });
}

function tableOf(rows: readonly Row[]): string {
  const table = new Table({
    head: ['bench', 'case', 'against', 'ratio', 'spread', 'reach', 'met', 'figures'],
    style: { head: [], border: [] },
  });
  for (const { comparison, figures } of rows) {
    const { bench, against, ratio, min, max, reach, met } = comparison;
    table.push([
      bench,
      comparison.case,
      against,
      ratio,
      `${min} – ${max}`,
      reach,
      met ? 'yes' : 'no',
      figures,
    ]);
  }
  return table.toString();
}

await program.parseAsync();
