/** Turns the options of `rollkeeper backtest` into a job. */
import { cannotBegin } from '../../backtest/cannot-begin.ts';
import type { BacktestJob } from '../../backtest/job.ts';
import { isoText, momentExpected, readMoment } from '../../files/moment.ts';
import { decimalPattern, isPositive } from '../../domain/money.ts';
import { readSpecFile } from '../task/task-spec-input.ts';

export interface BacktestInput {
  readonly task: string;
  readonly tape: string;
  readonly from?: string;
  readonly to?: string;
  readonly iv: string;
  readonly ivTape?: string;
  readonly blackouts?: string;
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
    spec: readSpecFile(input.task, '--task'),
    side: input.side === 'short' ? 'Sell' : 'Buy',
    qty: positive('--qty', input.qty),
    cash: positive('--cash', input.cash),
    volatility: volatility(input.iv),
    volatilityPath: input.ivTape,
    blackoutsPath: input.blackouts,
    tape: { path: input.tape, fromMs, toMs },
  };
}

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
