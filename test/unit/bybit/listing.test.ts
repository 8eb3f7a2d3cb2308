/** The listing is remembered, but not beyond a moment at which series change. */
import { expect, test } from 'vitest';
import type { Instrument } from '../../../src/domain/market/order.ts';
import { OptionListing, announcedAgeMaxMs, listingAgeMaxMs } from '../../../src/exchange/bybit/listing.ts';
import type { MarketRest } from '../../../src/exchange/bybit/rest/market-rest.ts';
import { instrument } from '../domain/samples.ts';

const family = { baseCoin: 'BTC', optionType: 'call', settleCoin: 'USDT' } as const;
const deliveryMs = Date.UTC(2023, 2, 17, 8);

/** How often the exchange was asked, at moments on one clock. */
async function readsAt(
  moments: readonly number[],
  status: Instrument['status'] = 'Trading',
): Promise<number[]> {
  let nowMs = 0;
  let reads = 0;
  const instruments = [
    instrument('BTC-17MAR23-24000-C-USDT', { expiryMs: deliveryMs }),
    instrument('BTC-31MAR23-24000-C-USDT', { status }),
  ];
  const rest = {
    instruments: () => {
      reads += 1;
      return Promise.resolve(instruments);
    },
  } as unknown as MarketRest;
  const listing = new OptionListing(rest, { nowMs: () => nowMs, alarm: () => () => undefined });
  const counts: number[] = [];
  for (const moment of moments) {
    nowMs = moment;
    await listing.listed(family);
    counts.push(reads);
  }
  return counts;
}

test('it is read again after some minutes', async () => {
  const atMs = deliveryMs - 3_600_000;
  expect(await readsAt([atMs, atMs + listingAgeMaxMs - 1, atMs + listingAgeMaxMs])).toEqual([1, 1, 2]);
});

test('it is read again when a series is delivered, because another is listed then', async () => {
  expect(await readsAt([deliveryMs - 20_000, deliveryMs - 1, deliveryMs, deliveryMs + 1])).toEqual([
    1, 1, 2, 2,
  ]);
});

test('it is read again soon while a series is announced and not traded yet', async () => {
  const atMs = deliveryMs - 3_600_000;
  expect(await readsAt([atMs, atMs + announcedAgeMaxMs - 1, atMs + announcedAgeMaxMs], 'PreLaunch')).toEqual([
    1, 1, 2,
  ]);
});
