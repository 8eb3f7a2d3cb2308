/**
 * The options that the exchange would not open for one roll. A refusal that belongs to the option itself (it is being
 * delisted, may only be reduced, is not live) says nothing of its neighbours, so leg 2 takes the next best at once, and
 * comes back to the refused one later: the wanted option is the one that the trader asked for. Plain JSON, because it is
 * persisted with the roll.
 */
import type { ReasonOf } from '../reason.ts';
import type { EndingCause, OrderOutcome } from './order-progress.ts';

export interface RefusedOption {
  readonly symbol: string;
  /** What the exchange said last. */
  readonly cause: EndingCause | null;
  readonly atMs: number;
  /** Refusals in a row. */
  readonly times: number;
  /** The others come first for a while. */
  readonly isPassedOver: boolean;
}

/** So long a refused option comes after all others; then it is tried again in its own place. */
export const passedOverForMs = 5 * 60_000;
/** The exchange said of the request that it is wrong: so often in a row, and another option is tried. */
const wrongRequestsMax = 3;

/** After an order that was to open an option has ended. */
export function noteOpening(
  refused: readonly RefusedOption[],
  { symbol, refusal, cause, atMs }: Pick<OrderOutcome, 'symbol' | 'refusal' | 'cause' | 'atMs'>,
): readonly RefusedOption[] {
  const others = refused.filter((option) => option.symbol !== symbol);
  if (refusal !== 'symbol' && refusal !== 'request') return others;
  const times = (refused.find((option) => option.symbol === symbol)?.times ?? 0) + 1;
  const isPassedOver = refusal === 'symbol' || times >= wrongRequestsMax;
  return [...others, { symbol, cause, atMs, times, isPassedOver }];
}

export interface RefusedBeforeFigures {
  readonly refusedBefore: { readonly symbol: string; readonly cause: EndingCause | null };
}

/** Why an option is passed over at this moment, `null` when it is not. */
export function refusalNow(
  refused: readonly RefusedOption[],
  symbol: string,
  nowMs: number,
): ReasonOf<RefusedBeforeFigures> | null {
  const found = refused.find((option) => option.symbol === symbol);
  if (!found?.isPassedOver || nowMs - found.atMs >= passedOverForMs) return null;
  return { code: 'refusedBefore', figures: { symbol, cause: found.cause } };
}

/** 0 when it was not. */
export const refusedAtMs = (refused: readonly RefusedOption[], symbol: string): number =>
  refused.find((option) => option.symbol === symbol)?.atMs ?? 0;

/** The last order's option refused for the first time: nothing speaks against trying another one at once. */
export const refusesNewly = ({
  refusedOptions,
}: {
  readonly refusedOptions: readonly RefusedOption[];
}): boolean => refusedOptions.at(-1)?.times === 1;
