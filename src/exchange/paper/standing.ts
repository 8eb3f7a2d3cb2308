/**
 * The paper exchange of a daemon that was given no other exchange: a random walk that begins now and runs in real time,
 * with accounts that survive restarts in a file. Every account starts with cash and two short options to roll.
 */
import { dayMs } from '../../domain/units.ts';
import type { ReportFailure } from '../../net/guard.ts';
import { expiriesAt } from './expiries.ts';
import type { AccountOptions, OpeningPosition } from './engine/account.ts';
import { startPaperExchange, type PaperExchange } from './exchange.ts';

const startPrice = 60_000;
const cashUsdt = '100000';
const heldQty = '0.5';
const strikeAway = 4_000;
const expiryAwayMinMs = 14 * dayMs;

/** @param statePath the file of the accounts; without it they are forgotten when the exchange is closed */
export const startStandingExchange = (
  statePath: string | undefined,
  onFailure: ReportFailure,
  seed = 1,
): Promise<PaperExchange> =>
  startPaperExchange({
    source: { kind: 'walk', seed, startPrice },
    accounts: [],
    onFailure,
    ...(statePath === undefined ? {} : { statePath }),
  });

/** A paper account as it is opened when its key is seen for the first time. */
export const standingAccount = (
  key: { readonly apiKey: string; readonly apiSecret: string },
  nowMs: number,
): AccountOptions => ({ ...key, usdt: cashUsdt, positions: openingPositions(nowMs) });

/** A short call above and a short put below the market, a few weeks from expiry. */
function openingPositions(nowMs: number): readonly OpeningPosition[] {
  const expiry = expiriesAt(nowMs).find(
    ({ kind, deliveryMs, launchMs }) =>
      (kind === 'monthly' || kind === 'quarterly') &&
      deliveryMs - nowMs > expiryAwayMinMs &&
      launchMs <= nowMs,
  );
  if (!expiry) return [];
  return [
    { symbol: `BTC-${expiry.code}-${startPrice + strikeAway}-C-USDT`, side: 'Sell', qty: heldQty },
    { symbol: `BTC-${expiry.code}-${startPrice - strikeAway}-P-USDT`, side: 'Sell', qty: heldQty },
  ];
}
