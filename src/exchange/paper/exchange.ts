/**
 * The paper exchange, put together: market, engine, player and a server that speaks Bybit V5 over HTTP and WebSocket on
 * one loopback port.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toText, type DecimalString } from '../../domain/money.ts';
import { minuteMs } from '../../domain/units.ts';
import { Guard, guardedServer, type GuardCounts, type ReportFailure } from '../../net/guard.ts';
import { defaultDepth, type DepthSettings } from './depth.ts';
import { accountOf, viewOf, type AccountView } from './account-view.ts';
import type { AccountOptions } from './engine/account.ts';
import { Engine, type EngineStats } from './engine/engine.ts';
import type { KeySettings } from './engine/key-settings.ts';
import type { EngineEvents } from './engine/events.ts';
import { defaultEngineSettings, type EngineSettings } from './engine/settings.ts';
import type { AccountState } from './engine/types.ts';
import { Faults } from './faults.ts';
import { coinRulesFor } from './coin-rules.ts';
import { ManualPlayer } from './manual-player.ts';
import { markOf, Market } from './market.ts';
import { TapePlayer, type PacingOptions, type Player, type PlayerHost } from './player.ts';
import type { ServerContext } from './server/context.ts';
import { answerHttp } from './server/http.ts';
import { PrivateStream } from './server/private-stream.ts';
import { PublicStream } from './server/public-stream.ts';
import { addressUsualMax, RateLimits, type RateLimitOptions } from './server/rate-limits.ts';
import { TradeStream } from './server/trade-stream.ts';
import { defaultBounds, Sockets, type SocketBounds } from './server/websocket.ts';
import { readState, StateSaver } from './state-file.ts';
import { readTape, resumedTape } from './tape.ts';
import { randomWalk } from './walk.ts';
import { systemWallClock, type WallClock } from './wall-clock.ts';

export type PriceSourceOptions =
  | {
      readonly kind: 'tape';
      readonly path: string;
      /** ISO text like `2023-03-09T00:00Z`, or ms since epoch. */
      readonly from?: string | number;
      readonly to?: string | number;
      readonly baseCoin?: string;
    }
  | {
      readonly kind: 'walk';
      readonly seed: number;
      readonly startPrice: number;
      /** Default now. */
      readonly startMs?: number;
      readonly volatility?: number;
      readonly minutes?: number;
      readonly baseCoin?: string;
    }
  | {
      readonly kind: 'manual';
      /** Index per base coin, e.g. `{ BTC: '23500' }`. */
      readonly prices: Readonly<Record<string, DecimalString>>;
      /** Default now. */
      readonly startMs?: number;
      /** The clock stands and moves by `advance` alone. Default false. */
      readonly standing?: boolean;
    };

export interface PaperExchangeOptions {
  /** 0 = any free one. Default 0. */
  readonly port?: number;
  readonly source: PriceSourceOptions;
  readonly accounts: readonly AccountOptions[];
  /** At-the-money volatility, fraction per year. Default 0.55. */
  readonly iv?: number;
  readonly seed?: number;
  readonly pacing?: PacingOptions;
  /** Accounts are kept in this file across restarts, and so is the place on a tape. */
  readonly statePath?: string;
  /** Other coins as multiples of the source's, e.g. `{ ETH: 0.068 }` (the default beside BTC; not with a manual source). */
  readonly derivedCoins?: Readonly<Record<string, number>>;
  readonly depth?: Partial<DepthSettings>;
  readonly engine?: Partial<EngineSettings>;
  /** Wall time before an order command is acknowledged. Default 1. */
  readonly ackDelayMs?: number;
  /** Wall time from the acknowledgement to its effect. Default 3. */
  readonly fillDelayMs?: number;
  /**
   * Limits as in docs/exchange.md#rate-limits. Default: endpoints on, address off (all clients share loopback).
   */
  readonly rateLimits?: Partial<RateLimitOptions>;
  /** How many streams may attach, and how much may wait for clients that do not read. */
  readonly bounds?: Partial<SocketBounds>;
  /** Called for the 1st, 10th, 100th … request or frame that could not be handled. */
  readonly onFailure?: ReportFailure;
}

/** What went wrong on the listeners so far. */
export interface ListenerCounts extends GuardCounts {
  /** Clients that were dropped because they did not read. */
  readonly dropped: number;
}

export interface PaperExchange {
  readonly url: string;
  readonly wsUrl: string;
  readonly player: Player;
  readonly faults: Faults;
  /** Manual source only. */
  setIndex(baseCoin: string, price: DecimalString): void;
  /** Manual source only: the clock jumps ahead. */
  advance(aheadMs: number): void;
  addAccount(options: AccountOptions): void;
  account(apiKey: string): AccountView;
  /** Sets what an account's key may do, as its owner would at the exchange. */
  setKey(apiKey: string, changes: Partial<KeySettings>): void;
  /** Gives an account so much of a perpetual or of coins, or takes it. @param qty in base coin, negative for a short */
  setHolding(apiKey: string, symbol: string, qty: DecimalString): void;
  /** An option's mark price now; `null` when it is no option of a coin traded here. */
  mark(symbol: string): DecimalString | null;
  stats(): Readonly<EngineStats>;
  listeners(): Readonly<ListenerCounts>;
  close(): Promise<void>;
}

/** @throws Error when the tape, the saved state or an opening position is wrong, or the port is taken */
export async function startPaperExchange(
  options: PaperExchangeOptions,
  wall: WallClock = systemWallClock,
): Promise<PaperExchange> {
  const built = build(options, wall);
  const { server, sockets, player, engine, saver, faults } = built;
  const close = async (): Promise<void> => {
    player.close();
    engine.context.close();
    saver?.close();
    sockets.close();
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  try {
    await listen(server, options.port ?? 0);
  } catch (error) {
    await close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  const manual = (): ManualPlayer => {
    if (player instanceof ManualPlayer) return player;
    throw new Error('index and clock can be set only with a manual source');
  };
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    player,
    faults,
    setIndex: (baseCoin, price) => manual().setIndex(baseCoin, price),
    advance: (aheadMs) => manual().advance(aheadMs),
    addAccount: (account) => void engine.addAccount(account, built.savedOf(account.apiKey)),
    account: (apiKey) => viewOf(engine, apiKey),
    setKey: (apiKey, changes) => {
      const account = accountOf(engine, apiKey);
      account.key = { ...account.key, ...changes };
    },
    setHolding: (apiKey, symbol, qty) => engine.setHolding(accountOf(engine, apiKey), symbol, qty),
    mark: (symbol) => {
      const quote = engine.context.market.quote(symbol);
      return quote ? toText(markOf(quote)) : null;
    },
    stats: () => ({ ...engine.stats }),
    listeners: () => ({ ...built.guard.counts, dropped: sockets.backlog.dropped }),
    close,
  };
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });

/** Connections of requests and of streams together. */
const connectionsMax = 6_144;

/** Guards what a request scheduled for later as the request itself is guarded. */
const guarded = (wall: WallClock, guard: Guard): WallClock => ({
  nowMs: () => wall.nowMs(),
  epochMs: () => wall.epochMs(),
  sleep: (delayMs) => wall.sleep(delayMs),
  breathe: (delayMs, isEnough) => wall.breathe(delayMs, isEnough),
  after: (delayMs, action) => wall.after(delayMs, () => guard.run('the later effect of an order', action)),
});

function build(options: PaperExchangeOptions, wall: WallClock) {
  const guard = new Guard(options.onFailure);
  const guardedWall = guarded(wall, guard);
  const faults = new Faults();
  const market = marketOf(options, faults);
  const saved = options.statePath === undefined ? null : readState(options.statePath);
  const savedOf = (apiKey: string) => saved?.accounts.find((account) => account.apiKey === apiKey);
  const privateStream = new PrivateStream(() => context);
  const late: { saver: StateSaver | null } = { saver: null };
  const events: EngineEvents = {
    order: privateStream.order,
    fills: privateStream.fills,
    position: privateStream.position,
    wallet: privateStream.wallet,
    holding: privateStream.holding,
    traded: (fills, side) => streams.option.traded(fills, side),
    changed: () => late.saver?.changed(),
  };
  const engine = new Engine({
    market,
    faults,
    wall: guardedWall,
    settings: engineSettingsOf(options),
    events,
    seed: options.seed ?? 1,
    nowMs: () => player.nowMs(),
    firstSeq: saved?.seq ?? 0,
  });
  const host = hostOf(options, { market, engine, wall, streams: () => streams });
  const player = playerOf(options, { wall, host, savedAtMs: saved?.atMs ?? 0 });
  const context: ServerContext = {
    market,
    engine,
    faults,
    player,
    wall,
    limits: limitsOf(options, wall),
    ackDelayMs: ackDelayMsOf(options),
  };
  const streams = {
    linear: new PublicStream('linear', context),
    option: new PublicStream('option', context),
  };
  const sockets = new Sockets({
    streams: { ...streams, private: privateStream, trade: new TradeStream(context) },
    wall: guardedWall,
    guard,
    bounds: { ...defaultBounds, ...options.bounds },
  });
  faults.connect({
    sockets,
    onBookChange: () => market.forgetQuotes(),
    onRestart: () => engine.forgetRecent(),
  });
  player.open();
  for (const account of options.accounts) engine.addAccount(account, savedOf(account.apiKey));
  if (options.statePath !== undefined) {
    late.saver = new StateSaver(options.statePath, wall, () => ({
      ...stateOf(engine, saved?.accounts ?? []),
      atMs: player.nowMs(),
    }));
  }
  const server = guardedServer({
    guard,
    connectionsMax,
    onRequest: (request, response) => answerHttp(request, response, context),
    onUpgrade: (request, socket, head) => sockets.upgrade(request, socket, head),
  });
  return { server, sockets, player, engine, faults, guard, savedOf, saver: late.saver };
}

const marketOf = (options: PaperExchangeOptions, faults: Faults): Market =>
  new Market(
    {
      pricing: { volatility: options.iv ?? 0.55, carry: 0.02 },
      depth: { ...defaultDepth, ...options.depth },
      refillMs: 1_000,
    },
    faults,
  );

const ackDelayMsOf = (options: PaperExchangeOptions): number => options.ackDelayMs ?? 1;

/** An effect never comes before its acknowledgement, unless a fault holds the acknowledgement back. */
function engineSettingsOf(options: PaperExchangeOptions): EngineSettings {
  const settings = { ...defaultEngineSettings, ...options.engine };
  const fillDelayMs = options.fillDelayMs ?? settings.fillDelayMs;
  return { ...settings, fillDelayMs: fillDelayMs + ackDelayMsOf(options) };
}

const limitsOf = ({ rateLimits }: PaperExchangeOptions, wall: WallClock): RateLimits =>
  new RateLimits(wall, {
    perEndpoint: rateLimits?.perEndpoint ?? true,
    perAddress: rateLimits?.perAddress ?? false,
    addressMax: rateLimits?.addressMax ?? addressUsualMax,
    addressBanMs: rateLimits?.addressBanMs ?? 10 * minuteMs,
  });

/** Accounts of an earlier run that were not opened in this one stay in the file. */
function stateOf(engine: Engine, before: readonly AccountState[]) {
  const { accounts, seq } = engine.context;
  const unopened = before.filter(({ apiKey }) => !accounts.has(apiKey));
  return { seq, accounts: [...unopened, ...[...accounts.values()].map(({ state }) => state)] };
}

const barrierMaxMs = 2_000;

/** ETH is derived from BTC; from the prices of another coin nothing is derived. */
const defaultDerivedCoins = (baseCoin = 'BTC'): Readonly<Record<string, number>> =>
  baseCoin === 'BTC' ? { ETH: 0.068 } : {};

const roundedIndex = (coin: string, price: number): number =>
  Number(price.toFixed(coinRulesFor(coin, price).indexPlaces));

interface HostParts {
  readonly market: Market;
  readonly engine: Engine;
  readonly wall: WallClock;
  /** Asked for at each tick, because the streams are made after the player. */
  readonly streams: () => { readonly linear: PublicStream; readonly option: PublicStream };
}

function hostOf(options: PaperExchangeOptions, { market, engine, wall, streams }: HostParts): PlayerHost {
  const derived =
    options.source.kind === 'manual'
      ? {}
      : (options.derivedCoins ?? defaultDerivedCoins(options.source.baseCoin));
  const others = Object.entries(derived);
  return {
    tick(atMs, baseCoin, price) {
      market.tick(atMs, baseCoin, price);
      for (const [coin, factor] of others)
        if (coin !== baseCoin) market.tick(atMs, coin, roundedIndex(coin, price * factor));
      engine.onTick();
      streams().linear.publish();
      streams().option.publish();
    },
    isBusy: () => engine.isBusy(),
    barrier: () =>
      new Promise((resolve) => {
        let waiting = 0;
        const done = (): void => {
          stop();
          resolve();
        };
        const onPong = (): void => {
          waiting -= 1;
          if (waiting === 0) done();
        };
        const stop = wall.after(barrierMaxMs, done);
        waiting = streams().linear.probe(onPong) + streams().option.probe(onPong);
        if (waiting === 0) done();
      }),
  };
}

interface PlayerParts {
  readonly wall: WallClock;
  readonly host: PlayerHost;
  /** Where a tape was when the accounts were saved; 0 when it begins. */
  readonly savedAtMs: number;
}

function playerOf(options: PaperExchangeOptions, { wall, host, savedAtMs }: PlayerParts) {
  const { source, pacing } = options;
  if (source.kind === 'manual') {
    const { prices, startMs = wall.epochMs(), standing = false } = source;
    return new ManualPlayer({ prices, startMs, standing, tickMs: pacing?.tickMs ?? 100 }, wall, host);
  }
  const minutes =
    source.kind === 'tape'
      ? resumedTape(
          readTape({ ...source, fromMs: momentOf(source.from), toMs: momentOf(source.to) }),
          savedAtMs,
        )
      : randomWalk({ ...source, startMs: source.startMs ?? wall.epochMs() });
  return new TapePlayer(minutes, { wall, host, pacing });
}

function momentOf(moment: string | number | undefined): number | undefined {
  if (moment === undefined || typeof moment === 'number') return moment;
  const ms = Date.parse(moment);
  if (Number.isNaN(ms))
    throw new Error(`not a moment: ${moment} (expected something like 2023-03-09T00:00Z)`);
  return ms;
}
