/** Plays a task against recorded prices, for every user. Only the user who asked for one sees it. */
import { createHash, randomUUID } from 'node:crypto';
import { BadInput, type InputIssue } from '../domain/errors.ts';
import { NotFound } from '../domain/request-errors.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { BacktestOrder, BacktestView, PriceFileView, Tape } from '../ports/backtests.ts';
import { askedBy, assertRight, type Caller } from './caller.ts';
import type { DaemonPorts } from './ports.ts';

export interface PlayablePrices {
  /** Those that come with the program. */
  readonly tapes: readonly Tape[];
  /** Those that the caller has sent, the newest last. */
  readonly files: readonly PriceFileView[];
}

/** @throws NotAllowed to nobody */
export function listTapes(caller: Caller, ports: Pick<DaemonPorts, 'backtests'>): PlayablePrices {
  assertRight(caller, 'read');
  return { tapes: ports.backtests.tapes(), files: ports.backtests.priceFiles(askedBy(caller)) };
}

export interface SentPriceFile {
  /** As the person calls it. */
  readonly fileName: string;
  /** CSV, plain or gzipped; it is read when it is played. */
  readonly content: Uint8Array;
}

/** Keeps the file for an hour. @throws TooMany when there is no room; NotAllowed to nobody */
export async function keepPriceFile(
  caller: Caller,
  ports: Pick<DaemonPorts, 'backtests'>,
  { fileName, content }: SentPriceFile,
): Promise<PriceFileView> {
  assertRight(caller, 'read');
  if (content.length === 0)
    throw new BadInput('The price file cannot be read', [
      { path: fileName, found: 'nothing', expected: 'a file of prices, plain or gzipped' },
    ]);
  return ports.backtests.keepPriceFile(askedBy(caller), { name: fileName, content });
}

export interface BacktestToStart {
  readonly backtest: BacktestOrder;
  /** Asking twice under one id plays one backtest. */
  readonly requestId?: string | undefined;
}

export interface StartedBacktest {
  readonly backtestId: string;
}

/**
 * Puts it in the queue of this daemon.
 * @throws BadInput when the spec or a figure is wrong in itself; TooMany when as many wait; NotFound without such prices
 */
export function startBacktest(
  caller: Caller,
  ports: Pick<DaemonPorts, 'backtests' | 'rules'>,
  { backtest, requestId = randomUUID() }: BacktestToStart,
): StartedBacktest {
  assertRight(caller, 'read');
  parseTaskSpec(backtest.spec, ports.rules);
  refuseWrongFigures(backtest);
  const owner = askedBy(caller);
  const backtestId = createHash('sha256').update(`${owner}\n${requestId}`).digest('hex').slice(0, 24);
  ports.backtests.start(owner, backtestId, backtest);
  return { backtestId };
}

/** @throws NotFound when the caller has none of this id, or no longer */
export function showBacktest(
  caller: Caller,
  ports: Pick<DaemonPorts, 'backtests'>,
  backtestId: string,
): BacktestView {
  assertRight(caller, 'read');
  const view = ports.backtests.view(askedBy(caller), backtestId);
  if (view === null) throw new NotFound('backtest', backtestId);
  return view;
}

/** Ends it, if it is being played, and forgets it; without one of this id nothing happens. @throws NotAllowed to nobody */
export async function removeBacktest(
  caller: Caller,
  ports: Pick<DaemonPorts, 'backtests'>,
  backtestId: string,
): Promise<void> {
  assertRight(caller, 'read');
  await ports.backtests.remove(askedBy(caller), backtestId);
}

const above0 = /^(?!0*\.?0*$)\d{1,15}(\.\d{1,18})?$/;

function refuseWrongFigures({ qty, cash, volatility, fromMs, toMs }: BacktestOrder): void {
  const number = 'a number above 0, like 0.5';
  const issues: InputIssue[] = Object.entries({ qty, cash })
    .filter(([, value]) => !above0.test(value))
    .map(([path, value]) => ({ path, found: JSON.stringify(value), expected: number }));
  if (!above0.test(volatility) || !(Number(volatility) >= 0.01 && Number(volatility) <= 5))
    issues.push({
      path: 'volatility',
      found: JSON.stringify(volatility),
      expected: 'a fraction a year from 0.01 to 5, like 0.55 for 55 %',
    });
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    issues.push({ path: 'toMs', found: String(toMs), expected: 'a moment after fromMs' });
  if (issues.length > 0) throw new BadInput('The backtest cannot begin', issues);
}
