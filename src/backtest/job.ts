/** A backtest as plain data that can be sent to another thread: files are given by name. */
import type { DecimalString } from '../domain/money.ts';
import type { Side } from '../domain/market/order.ts';
import { backtest, type BacktestResult } from './backtest.ts';
import { PlayedCalendar } from './played-calendar.ts';
import { candlesOf, type PriceFile, type PriceShape } from './price-file.ts';
import { candlesIn, type SharedPrices } from './shared-prices.ts';
import { VolatilityTape } from './volatility-tape.ts';

export interface BacktestJob {
  readonly spec: unknown;
  readonly qty: DecimalString;
  readonly side: Side;
  readonly cash: DecimalString;
  readonly volatility: number;
  /** File with recorded volatility, used instead of `volatility`. */
  readonly volatilityPath?: string | undefined;
  /** File with the calendar of events, for a task that asks for it. */
  readonly blackoutsPath?: string | undefined;
  readonly tape: {
    readonly path: string;
    readonly fromMs?: number | undefined;
    readonly toMs?: number | undefined;
    readonly linesMax?: number | undefined;
  };
}

export interface JobExtras extends Pick<PriceFile, 'onShape' | 'onRead'> {
  /** The candles of the tape, when it has been read already. */
  readonly prices?: SharedPrices;
  readonly onVolatilityShape?: (shape: PriceShape) => void;
}

/** @throws BadInput when the spec, the position or a file does not fit */
export async function playJob(
  { tape, volatilityPath, blackoutsPath, ...options }: BacktestJob,
  { prices, onVolatilityShape, ...watch }: JobExtras = {},
): Promise<BacktestResult> {
  const volatilities = volatilityPath === undefined ? null : await VolatilityTape.open(volatilityPath);
  if (volatilities?.shape) onVolatilityShape?.(volatilities.shape);
  const candles = prices ? candlesIn(prices) : candlesOf({ ...tape, ...watch });
  const calendar = blackoutsPath === undefined ? undefined : new PlayedCalendar(blackoutsPath);
  return backtest({ ...options, volatilities, calendar, candles });
}
