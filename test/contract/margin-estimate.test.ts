/** The margin that a preview shows is the margin that the exchange reports once the roll is done. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entryPrice } from '../../src/domain/market/held-option.ts';
import { multiply } from '../../src/domain/money.ts';
import { marginSteps, type LegCost } from '../../src/domain/market/margin.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import type { Quote, Side } from '../../src/domain/market/order.ts';
import { openFixture, short, until, whenever, type EngineFixture } from './exchange-fixture.ts';
import { optionNamed } from '../support/options.ts';

const next = 'BTC-31MAR23-27000-C-USDT';
const qty = '0.5';
let fixture: EngineFixture;
beforeAll(async () => (fixture = await openFixture()));
afterAll(() => fixture.close());

interface Trade {
  readonly linkId: string;
  readonly side: Side;
  /** Price that the short was, or is, sold at; by default what it trades at now. */
  readonly soldAt?: string;
}

async function trade(quote: Quote, { linkId, side, soldAt }: Trade): Promise<LegCost> {
  const { account, received } = fixture;
  const price = (side === 'Buy' ? quote.ask : quote.bid) ?? '0';
  const order = {
    linkId,
    symbol: quote.symbol,
    side,
    qty,
    price,
    timeInForce: 'IOC',
    reduceOnly: false,
  } as const;
  await account.submit(order, whenever);
  await until(`${linkId} is filled`, () => received.last(linkId)?.status === 'filled');
  const shortMargin = bybitRules.shortMargin(optionNamed(quote.symbol), quote, soldAt ?? price);
  return {
    side,
    qty,
    price,
    fee: multiply(bybitRules.tradeFee(bybitRules.fees.taker, quote, price), qty),
    shortMargin,
  };
}

it('the estimated margin before, between and after the legs differs from the real one by less than a hundredth', async () => {
  const { account, bybit } = fixture;
  const [old, wanted] = await bybit.market.quotes([short, next]);
  const before = await account.margin();
  const { averagePrice } = await account.position(short);
  const entry = entryPrice({
    ...optionNamed(short),
    side: 'Sell',
    qty,
    premium: String(Number(averagePrice) * 0.5),
  });
  if (!old || !wanted) throw new Error('not quoted');
  const closing = await trade(old, { linkId: 'buy-back', side: 'Buy', soldAt: entry });
  const between = await account.margin();
  const opening = await trade(wanted, { linkId: 'sell-next', side: 'Sell' });
  const after = await account.margin();
  const steps = marginSteps(before, { baseCoin: 'BTC', closings: [closing], openings: [opening] });
  const near = (estimate: string | null, real: string | null): void => {
    expect(Math.abs(Number(estimate) - Number(real))).toBeLessThanOrEqual(0.01 * Number(real) + 1e-6);
  };
  expect(Number(after.maintenanceRate)).toBeGreaterThan(0);
  expect(Number(between.maintenanceRate)).toBeLessThan(Number(after.maintenanceRate));
  near(steps.before.maintenanceRate, before.maintenanceRate);
  near(steps.between.maintenanceRate, between.maintenanceRate);
  near(steps.between.initialRate, between.initialRate);
  near(steps.after.maintenanceRate, after.maintenanceRate);
  near(steps.after.initialRate, after.initialRate);
});
