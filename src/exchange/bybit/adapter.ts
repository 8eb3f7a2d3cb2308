/**
 * Bybit behind the ports: one market, any number of accounts, one clock. It owns creating the parts, keeping the clock
 * measured and closing everything. Nothing here reads the environment.
 */
import type { Logger } from 'pino';
import { Retryable } from '../../domain/errors.ts';
import type { CheckedOrder, MarginMode, PreCheck } from '../../domain/market/pre-check.ts';
import { minuteMs } from '../../domain/units.ts';
import type {
  AccountKey,
  AccountListener,
  Credentials,
  Exchange,
  TradingAccount,
} from '../../ports/exchange.ts';
import type { Maintenance } from '../../domain/doctor/judge-surroundings.ts';
import type { Inspection } from '../../ports/inspection.ts';
import type { ExchangeObserver } from '../../ports/observer.ts';
import type { ExchangeStanding, LimitStanding } from '../../ports/system.ts';
import { AccountRest } from './rest/account-rest.ts';
import { StopRest } from './rest/stop-rest.ts';
import { type StreamTimes, type StreamTools, streamTimes } from './stream/connection-plan.ts';
import type { Endpoints } from './rest/endpoints.ts';
import { ExchangeClock } from './time/exchange-clock.ts';
import { feeRatesOf } from './rest/fee-rates.ts';
import { keyFactsOf, marginModeOf } from './rest/key-facts.ts';
import { ownerOfKey } from './rest/key-owner.ts';
import { KeptAccount } from './kept/kept-account.ts';
import { localTime } from './time/local-time.ts';
import { BybitMarket } from './market.ts';
import { MarketRest } from './rest/market-rest.ts';
import { addressBudget, connectionBudget } from './rest/request-budget.ts';
import { RestChannel, type RestOptions } from './rest/rest.ts';
import { TradeStream } from './stream/trade-stream.ts';
import { accountTimes, type AccountTimes, PrivateStream } from './stream/private-stream.ts';
import { readMaintenance } from './rest/system-status.ts';
import { TimeKeeper } from './time/time-keeper.ts';

export interface BybitOptions extends Endpoints {
  readonly log: Logger;
  /** Orders of opened accounts go over a socket while it is live, where the environment has one. Default: by REST. */
  readonly ordersBySocket?: boolean;
  /** Default: a new one. */
  readonly clock?: ExchangeClock;
  /** How long one HTTP request may take. Default 5,000. */
  readonly timeoutMs?: number;
  /** In [0, 1); for jitter. */
  readonly random?: () => number;
  /** Shows the streams' machines to an inspector. */
  readonly inspection?: Inspection | undefined;
  /** Counts requests. Default: nothing does. */
  readonly observer?: ExchangeObserver | undefined;
  /** Waits and deadlines of streams; the rest have defaults. */
  readonly times?: Partial<StreamTimes>;
  readonly accountTimes?: Partial<AccountTimes>;
  /**
   * A price that a stream has brought is used without asking for it until it is so old, exchange time. Default 0: never, and
   * nothing of accounts is kept either.
   */
  readonly streamedAgeMaxMs?: number | undefined;
  /** Called once for each outage, when the exchange's time could not be read for a minute: nothing can be signed. */
  readonly onUnreachable?: (problem: string) => void;
}

export interface BybitExchange extends Exchange {
  readonly clock: ExchangeClock;
  /** The exchange's time by one answer, ms since epoch, believed or not. @throws Retryable */
  serverTimeMs(): Promise<number>;
  /** What is announced that concerns options. @throws Retryable | Terminal */
  maintenance(): Promise<readonly Maintenance[]>;
  /** Counts since the start. */
  readonly counters: { readonly malformedFrames: number; readonly connections: number };
  /** How its limits and connections stand now. */
  standing(): ExchangeStanding;
}

interface Parts {
  readonly urls: Endpoints;
  /** Address of order entry; null when orders go by REST. */
  readonly ordersUrl: string | null;
  readonly rest: RestOptions;
  readonly tools: StreamTools;
  readonly time: TimeKeeper;
  readonly accountTimes: AccountTimes;
  /** Whether what streams tell is used instead of asking. */
  readonly mayKeep: boolean;
}

export function createBybitExchange(options: BybitOptions): BybitExchange {
  const { restUrl, clockRules, log, onUnreachable } = options;
  const clock = options.clock ?? new ExchangeClock(clockRules === undefined ? {} : { rules: clockRules });
  const { host } = new URL(restUrl);
  const time = new TimeKeeper({ clock, local: localTime, log, host, onUnreachable });
  const rest: RestOptions = {
    restUrl,
    clock,
    local: localTime,
    timeoutMs: options.timeoutMs ?? 5_000,
    address: addressBudget(localTime),
    onTimeRefused: () => time.measureSoon(),
    observer: options.observer,
  };
  const publicRest = new RestChannel(rest, null);
  const marketRest = new MarketRest(publicRest, options.log);
  time.askWith(() => marketRest.serverTimeMs());
  const tools = streamTools(options, clock);
  const parts: Parts = {
    urls: options,
    ordersUrl: ordersUrlOf(options),
    rest,
    tools,
    time,
    accountTimes: { ...accountTimes, ...options.accountTimes },
    mayKeep: (options.streamedAgeMaxMs ?? 0) > 0,
  };
  const market = new BybitMarket({ ...parts, rest: marketRest, ageMaxMs: options.streamedAgeMaxMs });
  const accounts = new Set<BybitAccount>();
  /** Asks something about a key that need not be one of an account here. */
  const asking = async <T>(key: Credentials, ask: (channel: RestChannel) => Promise<T>): Promise<T> => {
    if (!clock.isSet) await time.start();
    const channel = new RestChannel(rest, key);
    try {
      return await ask(channel);
    } finally {
      channel.close();
    }
  };
  return {
    market,
    clock,
    counters: tools.counters,
    standing: () => standingOf(parts, market, accounts),
    account: (key) => {
      const account = new BybitAccount(parts, key);
      accounts.add(account);
      return account;
    },
    ownerOf: (key) => asking(key, ownerOfKey),
    keyFacts: (key) => asking(key, (channel) => keyFactsOf(channel, { clock, local: localTime })),
    feeRates: (key) => asking(key, feeRatesOf),
    serverTimeMs: () => marketRest.serverTimeMs(),
    maintenance: () => readMaintenance(publicRest),
    close: async () => {
      time.close();
      await market.close();
      await Promise.all([...accounts].map((account) => account.close()));
      marketRest.close();
      publicRest.close();
      rest.address.close();
      tools.budget.close();
      clock.close();
    },
  };
}

const ordersUrlOf = ({ ordersBySocket = false, ordersWsUrl }: BybitOptions): string | null =>
  ordersBySocket && ordersWsUrl !== undefined ? `${ordersWsUrl}/v5/trade` : null;

const standingOf = (
  parts: Parts,
  market: BybitMarket,
  accounts: ReadonlySet<BybitAccount>,
): ExchangeStanding => ({
  limits: limitsOf(parts, accounts),
  streams: streamsOf(market, accounts),
  connections: parts.tools.counters.connections,
  malformedFrames: parts.tools.counters.malformedFrames,
});

/** Of the limits that each account has, the one with the least room. */
function limitsOf(
  { rest: { address }, tools: { budget } }: Parts,
  accounts: ReadonlySet<BybitAccount>,
): ExchangeStanding['limits'] {
  const tightest = new Map<string, LimitStanding>([
    ['address', { limit: 'address', room: address.room, waiting: address.waiting }],
    ['connections', { limit: 'connections', room: budget.room, waiting: budget.waiting }],
  ]);
  for (const account of accounts)
    for (const { limit, room, waiting } of account.limits()) {
      const other = tightest.get(limit);
      tightest.set(limit, {
        limit,
        room: Math.min(room, other?.room ?? 1),
        waiting: waiting + (other?.waiting ?? 0),
      });
    }
  return [...tightest.values()];
}

function streamsOf(market: BybitMarket, accounts: ReadonlySet<BybitAccount>): ExchangeStanding['streams'] {
  const open = [...accounts].filter(({ isOpen }) => isOpen);
  const down = open.filter(({ isLive }) => !isLive).length;
  const orders = open.map((account) => account.orders).filter((stream) => stream !== null);
  return [
    ...market.streams(),
    { stream: 'account', wanted: open.length, down },
    { stream: 'orders', wanted: orders.length, down: orders.filter(({ isLive }) => !isLive).length },
  ];
}

function streamTools(options: BybitOptions, clock: ExchangeClock): StreamTools {
  const times = { ...streamTimes, ...options.times };
  return {
    clock,
    local: localTime,
    log: options.log,
    random: options.random ?? Math.random,
    budget: connectionBudget(localTime),
    times,
    counters: { malformedFrames: 0, connections: 0 },
    inspection: options.inspection,
    priceAgeMaxMs: clock.rules.isToday ? times.staleAfterMs : Number.POSITIVE_INFINITY,
  };
}

/** An owner changes the margin mode rarely, and by hand. */
const modeAgeMaxMs = minuteMs;

class BybitAccount implements TradingAccount {
  readonly #parts: Parts;
  readonly #key: AccountKey;
  readonly #channel: RestChannel;
  readonly #rest: AccountRest;
  readonly #stops: StopRest;
  readonly #kept: KeptAccount;
  #stream: PrivateStream | null = null;
  #orders: TradeStream | null = null;
  #isClosed = false;
  #mode: { readonly is: MarginMode | null; readonly atMs: number } | null = null;
  #lastRequestAtMs = 0;
  #stopIdling: (() => void) | null = null;

  constructor(parts: Parts, key: AccountKey) {
    this.#parts = parts;
    this.#key = key;
    this.#channel = new RestChannel(parts.rest, key);
    this.#rest = new AccountRest(this.#channel);
    this.#stops = new StopRest(this.#channel);
    this.#kept = new KeptAccount(
      {
        positions: () => this.#timed(() => this.#rest.numberedPositions()),
        margin: () => this.#timed(() => this.#rest.margin()),
        stops: () => this.#timed(() => this.#stops.stops()),
        preCheck: (order) => this.#checkedNow(order),
      },
      parts.tools.local,
    );
  }

  async open(listener: AccountListener): Promise<void> {
    if (this.#stream) throw new Error(`Account ${this.#key.accountId} is open already`);
    const { urls, tools, time, accountTimes: times, mayKeep } = this.#parts;
    const url = `${urls.privateWsUrl ?? urls.wsUrl}/v5/private`;
    this.#stream = new PrivateStream({
      url,
      key: this.#key,
      listener,
      kept: mayKeep ? this.#kept : undefined,
      tools,
      onTimeRefused: () => time.measureSoon(),
      times,
    });
    await time.start();
    if (this.#isClosed) throw new Retryable('The account was closed while it opened');
    await this.#stream.open();
    // Not before, because orders can go by REST, and reports of them come on that stream alone.
    this.#openOrders();
    this.#remindWhenIdle(listener);
  }

  #openOrders(): void {
    const { ordersUrl: url, tools, time } = this.#parts;
    if (url === null || this.#isClosed) return;
    const onTimeRefused = (): void => time.measureSoon();
    this.#orders = new TradeStream({ url, key: this.#key, tools, onTimeRefused });
    this.#channel.sendOrdersBy(this.#orders);
    this.#orders.open();
  }

  /** Counts local time, because minutes pass quickly on a fast tape, and a request would slow it down. */
  #remindWhenIdle(listener: AccountListener): void {
    if (this.#isClosed) return;
    const { local } = this.#parts.tools;
    const { idleAfterMs } = this.#parts.accountTimes;
    const leftMs = this.#lastRequestAtMs + idleAfterMs - local.nowMs();
    this.#stopIdling = local.after(Math.max(leftMs, idleAfterMs / 10), () => {
      if (local.nowMs() - this.#lastRequestAtMs >= idleAfterMs) listener.idle?.();
      this.#remindWhenIdle(listener);
    });
  }

  /** Its stream is wanted. */
  get isOpen(): boolean {
    return this.#stream !== null && !this.#isClosed;
  }

  get isLive(): boolean {
    return this.#stream?.isLive === true;
  }

  /** The connection for its orders; null before it is opened, and where there is none. */
  get orders(): TradeStream | null {
    return this.#orders;
  }

  /** The limits of its own. */
  limits(): readonly LimitStanding[] {
    return this.#channel.limits();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#stopIdling?.();
    this.#kept.prepare(false);
    this.#stream?.close();
    this.#orders?.close();
    this.#channel.close();
    return Promise.resolve();
  }

  submit: TradingAccount['submit'] = (order, notAfterMs) =>
    this.#timed(() => this.#rest.submit(order, notAfterMs));
  amend: TradingAccount['amend'] = (order, notAfterMs) =>
    this.#timed(() => this.#rest.amend(order, notAfterMs));
  cancel: TradingAccount['cancel'] = (order, notAfterMs) =>
    this.#timed(() => this.#rest.cancel(order, notAfterMs));
  findOrder: TradingAccount['findOrder'] = (order) => this.#timed(() => this.#rest.findOrder(order));
  stops: TradingAccount['stops'] = (ageMaxMs = 0) => this.#kept.stops(ageMaxMs);
  stopFills: TradingAccount['stopFills'] = (symbol) => this.#timed(() => this.#stops.stopFills(symbol));
  setStop: TradingAccount['setStop'] = (stop, notAfterMs) =>
    this.#timed(() => this.#stops.setStop(stop, notAfterMs));
  position: TradingAccount['position'] = (symbol) => this.#timed(() => this.#rest.position(symbol));
  positions: TradingAccount['positions'] = (ageMaxMs = 0) => this.#kept.positions(ageMaxMs);
  holding: TradingAccount['holding'] = (symbol) => this.#timed(() => this.#rest.holding(symbol));
  margin: TradingAccount['margin'] = (ageMaxMs = 0) => this.#kept.margin(ageMaxMs);
  prepare = (isNear: boolean): void => this.#kept.prepare(isNear && !this.#isClosed);
  preCheck: TradingAccount['preCheck'] = (order, ageMaxMs = 0) =>
    order.reduceOnly || this.#parts.urls.checksOrders === false
      ? Promise.resolve({ kind: 'notOffered' })
      : this.#kept.preCheck(order, ageMaxMs);
  settlement: TradingAccount['settlement'] = (option) => this.#timed(() => this.#rest.settlement(option));

  async #checkedNow(order: CheckedOrder): Promise<PreCheck> {
    const [checked, marginMode] = await Promise.all([
      this.#timed(() => this.#rest.preCheck(order)),
      this.#marginMode(),
    ]);
    return checked.kind === 'notOffered' || marginMode === null ? checked : { ...checked, marginMode };
  }

  async #marginMode(): Promise<MarginMode | null> {
    const { local } = this.#parts.tools;
    if (this.#mode !== null && local.nowMs() - this.#mode.atMs < modeAgeMaxMs) return this.#mode.is;
    const is = await this.#timed(() => marginModeOf(this.#channel));
    this.#mode = { is, atMs: local.nowMs() };
    return is;
  }

  /** Nothing can be signed before the exchange's time is known, and an account may be read without having been opened. */
  async #timed<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#parts.tools.clock.isSet) await this.#parts.time.start();
    this.#lastRequestAtMs = this.#parts.tools.local.nowMs();
    return work();
  }
}
