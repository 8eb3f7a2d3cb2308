/** What is said of stops that stand at the exchange, and of one that has fired. */
import type { StandingStop, StopKind } from '../market/stops.ts';
import type { DecimalString } from '../money.ts';
import { stopPrice, type StoppedOut } from '../roll/stopped-out.ts';

const names: Readonly<Record<StopKind, string>> = {
  stopLoss: 'stop-loss',
  takeProfit: 'take-profit',
  other: 'stop',
};

/** `your stop-loss at the exchange closed 0.5 BTC-31MAR23-25000-C-USDT at 1500`. */
export const stoppedText = (symbol: string, stop: StoppedOut): string =>
  `your ${names[stop.kind]} at the exchange closed ${stop.qty} ${symbol} at ${stopPrice(stop)}`;

/** `stop-loss when BTC-31MAR23-25000-C-USDT is marked at 1500`. */
export const standingStopText = ({ kind, symbol, mark }: StandingStop): string =>
  `${names[kind]} when ${symbol} is marked at ${mark}`;

/** What it means for a roll; for a preview. */
export const stopMeaning = (stop: StandingStop, ofTask: DecimalString | null): string =>
  ofTask === stop.mark
    ? `${standingStopText(stop)} (this task's emergency stop): closing the option cancels it, and it is put on the new one`
    : `${standingStopText(stop)}: closing the option cancels it, and nothing like it protects the new one`;
