/** What is read before it is known where a roll goes: two quotes where the listing decides, else the expiries in question. */
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import type { OptionSeries } from '../../../src/domain/market/option.ts';
import type { MarketQuestion } from '../../../src/domain/orders/outcomes.ts';
import { alternativesMax } from '../../../src/domain/rules/targets.ts';
import type { ReadingNeeds } from '../../../src/domain/roll/planning.ts';
import type { QuoteSource } from '../../../src/ports/market-data.ts';
import { readChainFor } from '../../../src/runtime/task/effects.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { whole } from '../../../src/domain/rules/rule.ts';
import { optionNamed, readSpec, targetOf } from '../../support/options.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const symbol = 'BTC-31MAR23-24000-C-USDT';
const held: HeldOption = { ...optionNamed(symbol), side: 'Sell', qty: '0.3', premium: '270' };

/** Writes down what is read of it; what the listing reads of itself does not count. */
class WatchedMarket extends FixtureMarket {
  readonly read: string[] = [];
  readonly #market: FixtureMarket;
  constructor(clock: VirtualClock) {
    super(clock, ['24000', '25000', '26000', '27000']);
    this.expiries = ['31MAR23', '7APR23', '28APR23', '30JUN23'];
    this.deltas = { 24000: '0.5', 25000: '0.4', 26000: '0.3', 27000: '0.2' };
    this.#market = new FixtureMarket(clock, this.strikes);
    this.#market.expiries = this.expiries;
    this.#market.deltas = this.deltas;
  }
  halt(strike: string): void {
    for (const each of [this, this.#market]) each.status.set(strike, 'Closed');
  }
  override listed: FixtureMarket['listed'] = (family) => this.#market.listed(family);
  override quotes(symbols: readonly string[], from?: QuoteSource) {
    this.read.push(`quotes of ${symbols.join(', ')}${from === 'request' ? ' by request' : ''}`);
    return super.quotes(symbols);
  }
  override chain(series: OptionSeries, from?: QuoteSource) {
    const expiry = new Date(series.expiryMs).toISOString().slice(0, 10);
    this.read.push(`chain of ${expiry}${from === 'request' ? ' by request' : ''}`);
    return super.chain(series);
  }
}

const usual: ReadingNeeds = {
  closed: 'nothing',
  askedAnew: { ticker: false, quotes: false },
  isFirstOpening: false,
};

interface Circumstances extends Partial<ReadingNeeds> {
  /** Strikes without a quote, and those that are not traded. */
  readonly silent?: readonly string[];
  readonly halted?: readonly string[];
}

async function readFor(
  target: unknown,
  changes: Partial<MarketQuestion> = {},
  { silent = [], halted = [], ...needs }: Circumstances = {},
) {
  const clock = new VirtualClock(Date.UTC(2023, 2, 1, 12));
  const market = new WatchedMarket(clock);
  for (const each of silent) market.silent.add(each);
  for (const each of halted) market.halt(each);
  const read = targetOf(readSpec({ symbol, trigger: { profit: { above: '50%' } }, target }));
  const targets = read === null ? [] : [{ target: read, opens: whole, allowWrongWay: false }];
  const question: MarketQuestion = { held, targets, chosen: null, alternatives: 0, ...changes };
  const moment = { nowMs: clock.nowMs(), rules: market.rules };
  const chain = await readChainFor({ ...usual, ...needs }, question, { market, moment });
  return { read: market.read.sort(), chain: chain.map(({ instrument }) => instrument.symbol) };
}

describe('leg 1 reads', () => {
  test.each<[unknown, string]>([
    ['+1 step', 'BTC-31MAR23-25000-C-USDT'],
    [{ strike: 'same', expiry: 'nearest 45d' }, 'BTC-7APR23-24000-C-USDT'],
    [{ strike: 'same', expiry: '+14d' }, 'BTC-7APR23-24000-C-USDT'],
    [{ strike: 'strike 26000', expiry: 'between 40d and 130d' }, 'BTC-28APR23-26000-C-USDT'],
    [
      { strike: '+1 step', expiry: 'between 40d and 130d', prefer: ['furthestExpiry'] },
      'BTC-30JUN23-25000-C-USDT',
    ],
  ])('two quotes for %j', async (target, wanted) => {
    const { read, chain } = await readFor(target);
    expect(read).toEqual([`quotes of ${symbol}, ${wanted}`]);
    expect(chain.at(-1)).toBe(wanted);
  });

  const old = `quotes of ${symbol}`;
  test.each<[unknown, readonly string[], readonly string[]]>([
    ['delta at most 0.35', ['chain of 2023-03-31'], [symbol, 'BTC-31MAR23-26000-C-USDT']],
    [
      { strike: 'furthest for a credit of -10', expiry: 'nearest 60d' },
      ['chain of 2023-04-28', old],
      [symbol, 'BTC-28APR23-27000-C-USDT'],
    ],
    [
      { strike: 'delta at most 0.35', expiry: 'between 40d and 130d', prefer: ['delta', 'furthestExpiry'] },
      ['chain of 2023-04-28', 'chain of 2023-06-30', old],
      [symbol, 'BTC-28APR23-27000-C-USDT', 'BTC-30JUN23-27000-C-USDT'],
    ],
    [
      { strike: 'same', expiry: 'between 0d and 40d from held', prefer: ['credit'] },
      ['chain of 2023-04-07', 'chain of 2023-04-28', old],
      [symbol, 'BTC-7APR23-24000-C-USDT'],
    ],
  ])('every quote that decides for %j, and keeps what decided', async (target, reads, kept) => {
    const { read, chain } = await readFor(target);
    expect(read).toEqual(reads);
    expect(chain).toEqual(kept);
  });
});

test('a preview reads the expiry it goes to, with what may take its place', async () => {
  const target = { strike: '+1 step', expiry: 'between 40d and 130d' };
  const { read, chain } = await readFor(target, { alternatives: alternativesMax });
  expect(read).toEqual(['chain of 2023-04-28', `quotes of ${symbol}`]);
  expect(chain).toEqual([
    symbol,
    ...['24000', '25000', '26000', '27000'].map((strike) => `BTC-28APR23-${strike}-C-USDT`),
  ]);
});

test('leg 2 reads the expiry that was chosen, whatever the rule would choose now', async () => {
  const target = { strike: 'furthest for a credit of 0', expiry: 'between 40d and 130d', prefer: ['delta'] };
  const chosen = optionNamed('BTC-30JUN23-25000-C-USDT');
  const { read, chain } = await readFor(target, { chosen, alternatives: alternativesMax });
  expect(read).toEqual(['chain of 2023-06-30', `quotes of ${symbol}`]);
  expect(chain).toContain(chosen.symbol);
  expect(chain.filter((each) => each !== symbol).every((each) => each.includes('30JUN23'))).toBe(true);
});

describe('leg 2 at first', () => {
  const target = { strike: 'furthest for a credit of 0', expiry: 'between 40d and 130d' };
  const chosen = optionNamed('BTC-30JUN23-25000-C-USDT');
  const question = { chosen, alternatives: alternativesMax };
  const both = `quotes of ${symbol}, ${chosen.symbol}`;

  test('reads the quote of the chosen option, and no chain', async () => {
    const { read, chain } = await readFor(target, question, { isFirstOpening: true });
    expect(read).toEqual([both]);
    expect(chain).toContain(chosen.symbol);
  });

  test.each([
    ['not quoted', { silent: [chosen.strike] }],
    ['not traded', { halted: [chosen.strike] }],
  ])('reads what could take its place at once where it is %s', async (_, circumstances) => {
    const { read, chain } = await readFor(target, question, { isFirstOpening: true, ...circumstances });
    expect(read).toEqual(['chain of 2023-06-30', both, `quotes of ${symbol}`].sort());
    expect(chain).toContain('BTC-30JUN23-26000-C-USDT');
  });
});

test('what fired on an option’s ticker is confirmed by quotes that are asked for', async () => {
  const askedAnew = { ticker: false, quotes: true };
  const { read } = await readFor('+1 step', {}, { askedAnew });
  expect(read).toEqual([`quotes of ${symbol}, BTC-31MAR23-25000-C-USDT by request`]);
  const { read: chains } = await readFor('delta at most 0.35', {}, { askedAnew });
  expect(chains).toEqual(['chain of 2023-03-31 by request']);
});
