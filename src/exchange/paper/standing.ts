/**
 * The paper exchange of a daemon that was given no other exchange: a random walk that begins now and runs in real time, or
 * a tape, with accounts that survive restarts in a file. Every account starts with cash and two short options to roll.
 */
import { dayMs } from '../../domain/units.ts';
import type { ReportFailure } from '../../net/guard.ts';
import { expiriesAt } from './expiries.ts';
import type { AccountOptions, OpeningPosition } from './engine/account.ts';
import { startPaperExchange, type PaperExchange } from './exchange.ts';

const startPrice = 60_000;
const cashUsdt = '100000';
const heldQty = '0.5';
/** How far the strikes are from the price: one part in so many. */
const strikeAway = 15;
/** A distance of strikes that the listing has at every price. */
const strikeGrid = 1_000;
const expiryAwayMinMs = 14 * dayMs;

export interface StandingOptions {
  /** The file of the accounts; without it they are forgotten when the exchange is closed. */
  readonly statePath: string | undefined;
  /**
   * Recorded minutes instead of the walk. They pass in real time until prices are subscribed to, and then quickly while
   * nothing is under way: a person sees the first roll within a minute, and does not miss it.
   */
  readonly tapePath: string | undefined;
  readonly onFailure: ReportFailure;
}

/** @throws Error when the tape or the saved state is wrong */
export const startStandingExchange = ({
  statePath,
  tapePath,
  onFailure,
}: StandingOptions): Promise<PaperExchange> =>
  startPaperExchange({
    accounts: [],
    onFailure,
    ...(tapePath === undefined
      ? { source: { kind: 'walk', seed: 1, startPrice } }
      : { source: { kind: 'tape', path: tapePath }, pacing: { startWhen: 'now, fast when subscribed' } }),
    ...(statePath === undefined ? {} : { statePath }),
  });

/** A market at a moment, as far as opening an account needs it. */
export interface Standing {
  readonly nowMs: number;
  /** Of BTC, USD; default: where the walk begins. */
  readonly price?: number;
}

/** A paper account as it is opened when its key is seen for the first time. */
export const standingAccount = (
  key: { readonly apiKey: string; readonly apiSecret: string },
  standing: Standing,
): AccountOptions => ({ ...key, usdt: cashUsdt, positions: openingPositions(standing) });

/** A short call above and a short put below the market, a few weeks from expiry. */
function openingPositions({ nowMs, price = startPrice }: Standing): readonly OpeningPosition[] {
  const expiry = expiriesAt(nowMs).find(
    ({ kind, deliveryMs, launchMs }) =>
      (kind === 'monthly' || kind === 'quarterly') &&
      deliveryMs - nowMs > expiryAwayMinMs &&
      launchMs <= nowMs,
  );
  const call = Math.ceil((price * (strikeAway + 1)) / strikeAway / strikeGrid) * strikeGrid;
  const put = Math.floor((price * (strikeAway - 1)) / strikeAway / strikeGrid) * strikeGrid;
  if (!expiry || put === 0) return [];
  return [
    { symbol: `BTC-${expiry.code}-${call}-C-USDT`, side: 'Sell', qty: heldQty },
    { symbol: `BTC-${expiry.code}-${put}-P-USDT`, side: 'Sell', qty: heldQty },
  ];
}
