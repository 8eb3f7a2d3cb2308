/** Turns the options of `rollkeeper backtest` into a job. */
import { answered, type PlayedApprovals } from '../../backtest/answered.ts';
import { cannotBegin } from '../../backtest/cannot-begin.ts';
import type { BacktestJob } from '../../backtest/job.ts';
import { isoText, momentExpected, readMoment } from '../../files/moment.ts';
import { decimalPattern, isPositive } from '../../domain/money.ts';
import { readSpec, readSpecFile } from '../task/task-spec-input.ts';

export interface BacktestInput {
  readonly task?: string;
  readonly preset?: string;
  readonly symbol?: string;
  readonly leg?: readonly string[];
  readonly set?: readonly string[];
  readonly tape: string;
  readonly from?: string;
  readonly to?: string;
  readonly iv: string;
  readonly ivTape?: string;
  readonly blackouts?: string;
  /** What is answered where the task asks first; `default`: nothing, and the default acts. */
  readonly approvals?: PlayedApprovals;
  readonly qty: string;
  readonly side: 'short' | 'long';
  readonly cash: string;
}

/** @throws BadInput naming the first wrong option */
export function jobOf(input: BacktestInput): BacktestJob {
  const [fromMs, toMs] = [moment('--from', input.from), moment('--to', input.to)];
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw cannotBegin({
      path: '--to',
      found: JSON.stringify(input.to),
      expected: `a moment after --from (${isoText(fromMs)})`,
    });
  return {
    spec: answered(specOf(input), input.approvals ?? 'default'),
    side: input.side === 'short' ? 'Sell' : 'Buy',
    qty: positive('--qty', input.qty),
    cash: positive('--cash', input.cash),
    volatility: volatility(input.iv),
    volatilityPath: input.ivTape,
    blackoutsPath: input.blackouts,
    tape: { path: input.tape, fromMs, toMs },
  };
}

function specOf({ task, preset, symbol, leg, set }: BacktestInput): unknown {
  if (preset === undefined) {
    const [extra] = Object.entries({ '--set': set, '--symbol': symbol, '--leg': leg })
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name);
    if (task !== undefined && extra === undefined) return readSpecFile(task, '--task');
    if (task === undefined && extra === undefined)
      throw cannotBegin({
        path: '--task',
        found: 'nothing',
        expected: 'a file, or --preset with --symbol or --leg',
      });
    throw cannotBegin({
      path: extra ?? '',
      found: 'an option without --preset',
      expected: '--preset beside it',
    });
  }
  if (task !== undefined)
    throw cannotBegin({ path: '--task', found: 'a file beside --preset', expected: 'one of both' });
  return readSpec({
    preset,
    ...(symbol !== undefined && { symbol }),
    ...(leg && { leg }),
    ...(set && { set }),
  });
}

/** What is played, for people. */
export const taskName = ({ task, preset, symbol, leg = [] }: BacktestInput): string =>
  task ?? `${preset ?? ''} for ${symbol ?? leg.join(' and ')}`;

function volatility(text: string): number {
  const value = Number(positive('--iv', text));
  if (value >= 0.01 && value <= 5) return value;
  throw cannotBegin({
    path: '--iv',
    found: JSON.stringify(text),
    expected: 'a fraction a year from 0.01 to 5, like 0.55 for 55 %',
  });
}

function positive(path: string, text: string): string {
  if (decimalPattern.test(text) && isPositive(text)) return text;
  throw cannotBegin({ path, found: JSON.stringify(text), expected: 'a number above 0' });
}

function moment(path: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const read = readMoment(text.trim());
  if (read) return read.atMs;
  throw cannotBegin({ path, found: JSON.stringify(text), expected: momentExpected(text.trim()) });
}
