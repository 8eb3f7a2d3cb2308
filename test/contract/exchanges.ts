/**
 * The exchanges there are, opened for the suites of account and market: the paper server over real sockets, the simulated
 * world and the paper side of a backtest. All three trade on the paper engine at the same prices.
 */
import { seed } from '../support/seed.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { PaperSideAccount, paperSideEvents, PaperSideMarket } from '../../src/backtest/paper-side.ts';
import { VirtualTime } from '../../src/backtest/virtual-time.ts';
import { defaultDepth } from '../../src/exchange/paper/depth.ts';
import { Engine } from '../../src/exchange/paper/engine/engine.ts';
import { defaultEngineSettings } from '../../src/exchange/paper/engine/settings.ts';
import { Faults } from '../../src/exchange/paper/faults.ts';
import { Market } from '../../src/exchange/paper/market.ts';
import { SimAccount } from '../simulation/world/account.ts';
import { SimClock } from '../simulation/world/clock.ts';
import { SimExchange } from '../simulation/world/exchange.ts';
import { fairWeather, Link } from '../simulation/world/link.ts';
import { SimMarketData } from '../simulation/world/prices.ts';
import { Process } from '../simulation/world/process.ts';
import { Chance } from '../simulation/world/random.ts';
import { Timeline } from '../simulation/world/timeline.ts';
import { noWatch } from '../simulation/world/watch.ts';
import { ReceivedReports, key, openFixture, startMs, until, Watched } from './exchange-fixture.ts';
import { type AccountFixture, held, index } from './suites/account-fixture.ts';
import { cannot } from './suites/contract.ts';
import type { MarketFixture } from './suites/market-data.ts';
import { VirtualDrive } from './virtual-drive.ts';

const soldAt = '700';
/** Those of the paper server. */
const pricing = { volatility: 0.55, carry: 0.02 };
const opening = {
  apiKey: key.apiKey,
  apiSecret: key.apiSecret,
  usdt: '100000',
  positions: [{ symbol: held, side: 'Sell', qty: '0.5', averagePrice: soldAt }],
} as const;

/** The Bybit adapter, on the paper server over real HTTP and websockets. */
export async function openBybitAccount(ordersBySocket: boolean): Promise<AccountFixture> {
  const fixture = await openFixture({ averagePrice: soldAt, ordersBySocket });
  const { paper, bybit, account, received, close } = fixture;
  // The clock follows the prices.
  bybit.market.watchUnderlying('BTC');
  await bybit.market.open(new Watched());
  return {
    account,
    received,
    unopened: () => bybit.account(key),
    nowMs: () => bybit.clock.nowMs(),
    ordersTaken: () =>
      paper
        .account(key.apiKey)
        .orders()
        .map(({ linkId }) => linkId),
    setIndex: (price) => {
      paper.setIndex('BTC', price);
      return Promise.resolve();
    },
    setHolding: (symbol, qty) => paper.setHolding(key.apiKey, symbol, qty),
    advance: async (durationMs) => {
      const untilMs = bybit.clock.nowMs() + durationMs;
      paper.advance(durationMs);
      await until('the clock has followed', () => bybit.clock.nowMs() >= untilMs);
    },
    pass: (durationMs) => sleep(durationMs),
    until,
    faults: paper.faults,
    restart: async () => {
      const before = received.stream.length;
      paper.faults.restart();
      await until('it is connected again', () => received.stream.slice(before).includes('connected'));
    },
    breakStream: () => paper.faults.dropSockets('private'),
    close,
  };
}

export function simulatedWorld() {
  const timeline = new Timeline();
  const drive = new VirtualDrive(timeline);
  const witness = { orderChanged: () => {}, filled: () => {} };
  const exchange = new SimExchange(timeline, { startMs, seed, witness, pricing });
  const process = new Process(timeline, () => {});
  const clock = new SimClock(exchange, process);
  const link = new Link({
    process,
    exchange,
    timeline,
    clock,
    chance: new Chance(seed),
    weather: fairWeather(),
    watch: noWatch,
    owner: 'daemon-a',
  });
  let price = index;
  const setIndex = (next: string): Promise<void> => {
    price = next;
    exchange.setIndex('BTC', Number(price));
    return Promise.resolve();
  };
  void setIndex(index);
  const pass = (durationMs: number) => timeline.run(timeline.nowMs() + durationMs);
  /** The market moves with its time, at the same price. */
  const advance = (durationMs: number) => pass(durationMs).then(() => setIndex(price));
  return { timeline, drive, exchange, clock, link, setIndex, pass, advance };
}

/** A daemon's account in a simulated world: its requests take time, on virtual time. */
export async function openSimulatedAccount(): Promise<AccountFixture> {
  const { drive, exchange, clock, link, setIndex, pass, advance } = simulatedWorld();
  const atExchange = exchange.addAccount(opening);
  const account = new SimAccount(link, key.apiKey, {});
  const received = new ReceivedReports();
  await drive.during(account.open(received));
  return {
    account: drive.driven(account),
    received,
    unopened: () => drive.driven(new SimAccount(link, key.apiKey, {})),
    nowMs: () => clock.nowMs(),
    ordersTaken: () => atExchange.state.orders.map(({ linkId }) => linkId),
    setIndex,
    setHolding: (symbol, qty) => exchange.engine.setHolding(atExchange, symbol, qty),
    advance,
    pass,
    until: drive.until,
    faults: exchange.faults,
    restart: async () => {
      const before = received.stream.length;
      exchange.faults.restart();
      account.breakStream(0, 100);
      await drive.until('it is connected again', () => received.stream.slice(before).includes('connected'));
    },
    breakStream: () => account.breakStream(50, 500),
  };
}

export function backtestWorld() {
  const time = new VirtualTime(startMs);
  const drive = new VirtualDrive(time);
  const faults = new Faults();
  const market = new Market({ pricing, depth: defaultDepth, refillMs: 1_000 }, faults);
  const sides: PaperSideAccount[] = [];
  const engine = new Engine({
    market,
    faults,
    wall: time,
    settings: defaultEngineSettings,
    seed,
    firstSeq: 0,
    nowMs: () => time.nowMs(),
    events: paperSideEvents(() => sides[0] ?? null),
  });
  faults.connect({
    onBookChange: () => market.forgetQuotes(),
    onRestart: () => engine.forgetRecent(),
  });
  const prices = new PaperSideMarket(market, () => time.nowMs());
  let price = index;
  const setIndex = (next: string): Promise<void> => {
    price = next;
    market.tick(time.nowMs(), 'BTC', Number(price));
    engine.onTick();
    prices.publish('BTC');
    return Promise.resolve();
  };
  void setIndex(index);
  const pass = (durationMs: number) => time.passTo(time.nowMs() + durationMs);
  const advance = (durationMs: number) => pass(durationMs).then(() => setIndex(price));
  return { time, drive, faults, market, engine, sides, prices, setIndex, pass, advance };
}

/** What a backtest trades on: nothing lags and nothing fails. */
export async function openBacktestAccount(): Promise<AccountFixture> {
  const { time, drive, faults, market, engine, sides, setIndex, pass, advance } = backtestWorld();
  const atExchange = engine.addAccount(opening);
  const account = new PaperSideAccount(engine, atExchange, market);
  sides.push(account);
  const received = new ReceivedReports();
  await account.open(received);
  return {
    account: drive.driven(account),
    received,
    unopened: () => new PaperSideAccount(engine, atExchange, market),
    nowMs: () => time.nowMs(),
    ordersTaken: () => atExchange.state.orders.map(({ linkId }) => linkId),
    setIndex,
    setHolding: (symbol, qty) => engine.setHolding(atExchange, symbol, qty),
    advance,
    pass,
    until: drive.until,
    faults,
    restart: () => {
      faults.restart();
      return Promise.resolve();
    },
    breakStream: cannot,
  };
}

/** The Bybit adapter's market, on the paper server over real HTTP and websockets. */
export async function openBybitMarket(): Promise<MarketFixture> {
  const { paper, bybit, close } = await openFixture();
  const watched = new Watched();
  bybit.market.watchUnderlying('BTC');
  await bybit.market.open(watched);
  return {
    market: bybit.market,
    watched,
    nowMs: () => bybit.clock.nowMs(),
    setIndex: (price) => {
      paper.setIndex('BTC', price);
      return Promise.resolve();
    },
    pass: (durationMs) => sleep(durationMs),
    until,
    breakFeed: () => paper.faults.dropSockets('linear'),
    faults: paper.faults,
    close,
  };
}

/** A daemon's market in a simulated world. */
export async function openSimulatedMarket(): Promise<MarketFixture> {
  const { drive, exchange, clock, link, setIndex, pass } = simulatedWorld();
  const market = new SimMarketData(link);
  const watched = new Watched();
  await drive.during(market.open(watched));
  return {
    market: drive.driven(market),
    watched,
    nowMs: () => clock.nowMs(),
    setIndex,
    pass,
    until: drive.until,
    breakFeed: () => market.fallSilent(100, 400),
    faults: exchange.faults,
  };
}

/** The market of a backtest. */
export async function openBacktestMarket(): Promise<MarketFixture> {
  const { time, drive, faults, prices, setIndex, pass } = backtestWorld();
  const watched = new Watched();
  await prices.open(watched);
  return {
    market: drive.driven(prices),
    watched,
    nowMs: () => time.nowMs(),
    setIndex,
    pass,
    until: drive.until,
    breakFeed: cannot,
    faults,
  };
}
