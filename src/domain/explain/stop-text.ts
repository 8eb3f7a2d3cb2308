/** What is said of stops that stand at the exchange, and of one that has fired. */
import type { StandingStop, StopKind } from '../market/stops.ts';
import { stopPrice } from '../roll/stopped-out.ts';
import type { StoppedOut } from '../roll/stop-facts.ts';
import type { StopPlace } from '../rules/emergency-stop.ts';

const names: Readonly<Record<StopKind, string>> = {
  stopLoss: 'stop-loss',
  takeProfit: 'take-profit',
  other: 'stop',
};

/** What was closed, and at what price on average; a clause. */
export const stoppedText = (symbol: string, stop: StoppedOut): string =>
  `your ${names[stop.kind]} at the exchange closed ${stop.qty} ${symbol} at ${stopPrice(stop)}`;

/** At which mark of which option it fires. */
export const standingStopText = ({ kind, symbol, mark }: StandingStop): string =>
  `${names[kind]} when ${symbol} is marked at ${mark}`;

/** A stop as it is shown with its task. */
export interface StopView extends StandingStop {
  /** The task has put it there: it moves with the roll. */
  readonly isEmergency: boolean;
  readonly text: string;
}

/** With what a roll does to it. */
export function stopView(stop: StandingStop, emergency: StopPlace | null): StopView {
  const isEmergency =
    stop.kind === 'stopLoss' && emergency?.symbol === stop.symbol && emergency.mark === stop.mark;
  const then = isEmergency
    ? 'the emergency stop of this task; a roll puts it on the new option'
    : 'closing the option cancels it at the exchange, and a roll puts none on the new one';
  return { ...stop, isEmergency, text: `${standingStopText(stop)}: ${then}` };
}
