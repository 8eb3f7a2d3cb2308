/**
 * Plays a task with many combinations of parameters, each a backtest of its own, on all cores. All combinations are checked
 * before the first one is played.
 */
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { BadInput } from '../domain/errors.ts';
import { decimal, toText, type DecimalString } from '../domain/money.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';
import { parseOptionSymbol } from '../exchange/bybit/symbols.ts';
import { runsFromSource } from '../files/package-files.ts';
import type { BacktestJob } from './job.ts';
import { sharePrices, type SharedPrices } from './shared-prices.ts';

/** The input of a thread. */
export interface SweepRun {
  readonly job: BacktestJob;
  readonly prices: SharedPrices;
}

/** One parameter and the values it takes, e.g. `trigger=24000..27000:500`. */
export interface Axis {
  /** Place in the spec, e.g. `guards.netCredit.min`. */
  readonly path: string;
  readonly values: readonly string[];
}

export interface SweepOutcome {
  readonly rolls: number;
  readonly state: string;
  readonly netCredit: DecimalString;
  readonly fees: DecimalString;
  readonly result: DecimalString;
  readonly worstDrawdown: DecimalString;
  /** Why this run could not begin; `null` when it was played. */
  readonly refusal: string | null;
}

export interface SweepRow extends SweepOutcome {
  readonly parameters: Readonly<Record<string, string>>;
}

export interface SweepOptions {
  readonly axes: readonly Axis[];
  readonly job: BacktestJob;
  /** Default: one for each core. */
  readonly threads?: number;
  readonly onDone?: (done: number, of: number) => void;
}

const runsMax = 10_000;
const rangeShape =
  /^(-?\d{1,20}(?:\.\d{1,20})?)\.\.(-?\d{1,20}(?:\.\d{1,20})?)(?::(\d{1,20}(?:\.\d{1,20})?))?$/;
const axisExpected = 'like trigger=24000..27000:500, target=1..3 or guards.cooldown=5m,1h';

/** Reads `place=values`. @throws BadInput when the text is anything else */
export function readAxis(text: string): Axis {
  const at = text.indexOf('=');
  const [path, list] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || list === '') throw wrong('--sweep', JSON.stringify(text), axisExpected);
  const [, from, to, step = '1'] = rangeShape.exec(list) ?? [];
  if (from === undefined || to === undefined)
    return { path, values: list.split(',').map((value) => value.trim()) };
  const [first, last, by] = [decimal(from), decimal(to), decimal(step)];
  const steps = last.minus(first).dividedBy(by).floor();
  if (by.isZero() || steps.lessThan(0) || steps.greaterThan(runsMax))
    throw wrong('--sweep', JSON.stringify(text), `a rising range of at most ${runsMax} values`);
  const values = Array.from({ length: steps.toNumber() + 1 }, (_, index) =>
    toText(first.plus(by.times(index))),
  );
  return { path, values };
}

/** Every combination, the last axis changing fastest. @throws BadInput naming the first that makes no valid task */
export function gridOf(
  axes: readonly Axis[],
  job: BacktestJob,
): { readonly parameters: Readonly<Record<string, string>>; readonly job: BacktestJob }[] {
  const total = axes.reduce((product, { values }) => product * values.length, 1);
  if (total > runsMax) throw wrong('--sweep', `${total} runs`, `at most ${runsMax}`);
  let grid: Readonly<Record<string, string>>[] = [{}];
  for (const { path, values } of axes)
    grid = grid.flatMap((parameters) => values.map((value) => ({ ...parameters, [path]: value })));
  return grid.map((parameters) => ({ parameters, job: { ...job, spec: specWith(job.spec, parameters) } }));
}

/** @returns the rows in the order of the grid @throws BadInput before anything is played */
export async function sweep({ axes, job, threads, onDone }: SweepOptions): Promise<readonly SweepRow[]> {
  const grid = gridOf(axes, job);
  const size = Math.min(threads ?? availableParallelism(), grid.length);
  const pool = new Piscina<SweepRun, SweepOutcome>({
    filename: new URL(runsFromSource ? 'sweep-worker.ts' : 'sweep-worker.js', import.meta.url).href,
    execArgv: runsFromSource ? ['--import', 'tsx'] : [],
    // All threads start now, while the prices are being read.
    minThreads: size,
    maxThreads: size,
  });
  let done = 0;
  try {
    const prices = await sharePrices(job.tape);
    return await Promise.all(
      grid.map(async (run) => {
        const outcome = await pool.run({ job: run.job, prices });
        done += 1;
        onDone?.(done, grid.length);
        return { parameters: run.parameters, ...outcome };
      }),
    );
  } finally {
    await pool.destroy();
  }
}

function specWith(spec: unknown, parameters: Readonly<Record<string, string>>): unknown {
  const changed = structuredClone(spec) as Record<string, unknown>;
  for (const [path, value] of Object.entries(parameters)) place(changed, path, value);
  try {
    parseTaskSpec(changed, bybitRules);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const chosen = Object.entries(parameters).map(([path, value]) => `${path}=${value}`);
    throw new BadInput(`The task is not valid with ${chosen.join(', ')}`, error.issues);
  }
  return changed;
}

function place(spec: Record<string, unknown>, path: string, value: string): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let inner = spec;
  for (const key of keys) {
    const next = inner[key];
    if (next === undefined) inner[key] = {};
    else if (typeof next !== 'object' || next === null)
      throw wrong('--sweep', path, `a place in the task: ${key} is ${JSON.stringify(next)}`);
    inner = inner[key] as Record<string, unknown>;
  }
  const former = inner[last];
  const isTarget = path === 'target' || path === 'target.strike';
  const written = isTarget ? stepOf(spec, value) : value;
  if (path === 'target' && typeof former === 'object' && former !== null)
    inner[last] = { ...former, strike: written };
  else inner[last] = written;
}

/** A number without a sign is a step up for calls and down for puts, in strikes when it is below 100, else in USD. */
function stepOf(spec: Record<string, unknown>, value: string): string {
  if (!/^\d{1,20}(\.\d{1,20})?$/.test(value)) return value;
  const step = decimal(value).lessThan(100) ? `${value} steps` : value;
  if ('legs' in spec) return `${step} away`;
  const { optionType } = parseOptionSymbol(String(spec['symbol']));
  return `${optionType === 'call' ? '+' : '-'}${step}`;
}

const wrong = (path: string, found: string, expected: string): BadInput =>
  new BadInput('The sweep cannot begin', [{ path, found, expected }]);
