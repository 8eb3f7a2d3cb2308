/**
 * What would the rule have done? The real supervisor, machines and planner against the paper engine, on a clock that
 * passes as fast as the prices can be read: no database and no sockets. Option prices are a model's (the paper
 * exchange's: Black-76 with a smile at one volatility); the underlying's are the file's.
 */
import { pino } from 'pino';
import { hourMs, minuteMs } from '../domain/units.ts';
import { subtract, toText, type DecimalString } from '../domain/money.ts';
import type { Side } from '../domain/market/order.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';
import { parseOptionSymbol } from '../exchange/bybit/symbols.ts';
import { defaultDepth } from '../exchange/paper/depth.ts';
import type { Account } from '../exchange/paper/engine/account.ts';
import { Engine } from '../exchange/paper/engine/engine.ts';
import { summarise } from '../exchange/paper/engine/margin.ts';
import { defaultEngineSettings } from '../exchange/paper/engine/settings.ts';
import { Faults } from '../exchange/paper/faults.ts';
import { deliveryMsOf } from '../exchange/paper/listing.ts';
import { Market } from '../exchange/paper/market.ts';
import type { PricingSettings } from '../exchange/paper/pricing.ts';
import { lastPointMs, pointsOf, priceBetween, type PricePoint } from '../exchange/paper/price-path.ts';
import { Supervisor } from '../runtime/supervisor.ts';
import { cannotBegin } from './cannot-begin.ts';
import { MemoryStore } from './memory-store.ts';
import { PaperSideAccount, paperSideEvents, PaperSideMarket } from './paper-side.ts';
import type { Candle } from './price-file.ts';
import { RowDistance, type Gaps } from './row-distance.ts';
import { Tally, type Outcome } from './tally.ts';
import { settle, VirtualTime } from './virtual-time.ts';
import type { VolatilityCoverage, VolatilityTape } from './volatility-tape.ts';

export interface BacktestOptions {
  /** As `task add` takes it. */
  readonly spec: unknown;
  /** The position at the beginning: `spec.qty` of the spec's option, opened at its mark; this much when it says `all`. */
  readonly qty: DecimalString;
  readonly side: Side;
  /** Settle coin on the account beside it. */
  readonly cash: DecimalString;
  /** At-the-money volatility, fraction a year. */
  readonly volatility: number;
  /** As it was, instead of the one volatility. */
  readonly volatilities?: VolatilityTape | null;
  readonly candles: AsyncIterable<readonly Candle[]>;
  /** For tests: false plays also the minutes in which nothing can happen. */
  readonly skipsQuiet?: boolean;
}

export interface BacktestResult extends Outcome {
  readonly fromMs: number;
  readonly toMs: number;
  readonly candles: number;
  /** How far apart the rows are: the median of the first hundred. */
  readonly rowEveryMs: number;
  readonly gaps: Gaps;
  /** How far the tape of volatilities reaches; null when there is none. */
  readonly volatility: VolatilityCoverage | null;
}

/** While a roll is under way the market is looked at so often, as the paper exchange does in real time. */
const busyStepMs = 100;
const sampleEveryMs = hourMs;
/** What rings by the clock finds the prices of the half hour before, of which a delivery takes the average. */
const clockMarginMs = 40 * minuteMs;
/** A delivery that the next price comes so soon after is left to it. */
const deliveryPatienceMs = hourMs;
const accountId = 'backtest';

/** @throws BadInput when the spec, the position or the prices do not fit */
export async function backtest(options: BacktestOptions): Promise<BacktestResult> {
  let world: World | null = null;
  let candles = 0;
  const distance = new RowDistance();
  const { volatilities } = options;
  try {
    for await (const piece of distance.spans(options.candles)) {
      for (const { candle, spanMs } of piece) {
        world ??= new World(options, candle.atMs);
        candles += 1;
        if (volatilities?.isDue(candle.atMs) === true) volatilities.goTo(candle.atMs);
        if (!world.skip(candle, spanMs)) await world.play(candle, spanMs);
      }
    }
    if (!world) throw new Error('a price file yields a candle at least, or throws');
    const outcome = world.outcome();
    const volatility = volatilities?.coverage(outcome.fromMs, outcome.toMs) ?? null;
    const { gaps, rowEveryMs } = distance;
    return { ...outcome, candles, rowEveryMs: rowEveryMs ?? minuteMs, gaps, volatility };
  } finally {
    await world?.close();
  }
}

class World {
  readonly #options: BacktestOptions;
  readonly #startMs: number;
  readonly #baseCoin: string;
  readonly #time: VirtualTime;
  readonly #market: Market;
  readonly #prices: PaperSideMarket;
  readonly #engine: Engine;
  readonly #store: MemoryStore;
  readonly #supervisor: Supervisor;
  readonly #tally = new Tally();
  #rolling: PaperSideAccount | null = null;
  #accounts: { readonly rolling: Account; readonly notRolling: Account } | null = null;
  #worthAtStart: DecimalString = '0';
  #before: PricePoint | null = null;
  #nextSampleMs = 0;
  /** When the position that is left alone is delivered; no more once it is. */
  #notRollingUntilMs = Infinity;
  /** Prices seen so far: a new high or low lists new strikes. */
  readonly #seen = { low: Infinity, high: 0 };
  /** Prices that stay between these wake nobody. */
  #quiet = { above: Infinity, below: 0 };

  constructor(options: BacktestOptions, startMs: number) {
    this.#options = options;
    this.#startMs = startMs;
    const { symbol } = parseTaskSpec(options.spec, bybitRules);
    this.#baseCoin = parseOptionSymbol(symbol).baseCoin;
    const time = new VirtualTime(startMs);
    const faults = new Faults();
    this.#time = time;
    this.#market = new Market({ pricing: pricingOf(options), depth: defaultDepth, refillMs: 1_000 }, faults);
    this.#prices = new PaperSideMarket(this.#market, () => time.nowMs());
    this.#engine = new Engine({
      market: this.#market,
      faults,
      wall: time,
      settings: defaultEngineSettings,
      seed: 1,
      firstSeq: 0,
      nowMs: () => time.nowMs(),
      events: paperSideEvents((account) => (account === this.#accounts?.rolling ? this.#rolling : null)),
    });
    this.#store = new MemoryStore(accountId, (turn) => this.#tally.turn(turn));
    const { journal, ownership, inbox } = this.#store;
    this.#supervisor = new Supervisor({
      journal,
      ownership,
      inbox,
      market: this.#prices,
      clock: time,
      log: pino({ level: 'silent' }),
      connect: () => Promise.resolve(this.#account()),
    });
    void this.#prices.open(this.#supervisor.marketListener);
  }

  /** A minute in which nothing can happen is only counted. @returns false when it has to be played */
  skip({ atMs, low, high, close }: Candle, spanMs: number): boolean {
    const isQuiet =
      low > this.#quiet.above &&
      high < this.#quiet.below &&
      Math.min(this.#time.nextMs, this.#notRollingUntilMs) > atMs + spanMs + clockMarginMs &&
      low >= this.#seen.low &&
      high <= this.#seen.high &&
      this.#options.skipsQuiet !== false;
    this.#seen.low = Math.min(this.#seen.low, low);
    this.#seen.high = Math.max(this.#seen.high, high);
    if (!isQuiet) return false;
    const endMs = atMs + lastPointMs(spanMs);
    this.#time.skipTo(endMs);
    this.#before = { atMs: endMs, price: close };
    this.#sampleWhenDue();
    return true;
  }

  async play(candle: Candle, spanMs: number): Promise<void> {
    const latestMs = this.#before?.atMs ?? Number.NEGATIVE_INFINITY;
    for (const point of pointsOf(candle, spanMs)) if (point.atMs > latestMs) await this.#passTo(point);
    this.#sampleWhenDue();
  }

  async #passTo(point: PricePoint): Promise<void> {
    await this.#deliverBefore(point.atMs - deliveryPatienceMs);
    for (let atMs = this.#time.nowMs() + busyStepMs; this.#isBusy() && atMs < point.atMs; atMs += busyStepMs)
      await this.#tick(atMs, this.#before ? priceBetween(this.#before, point, atMs) : point.price);
    await this.#tick(point.atMs, point.price);
    if (!this.#before) await this.#begin();
    this.#before = point;
    if (point.atMs > this.#notRollingUntilMs) this.#notRollingUntilMs = Infinity;
  }

  /**
   * What expires where rows are missing is delivered at its time, at the last price. With the next row it would be later by
   * as much as is missing, and the task would ask for its record every few seconds all the while.
   */
  async #deliverBefore(untilMs: number): Promise<void> {
    for (;;) {
      const dueMs = this.#nextDeliveryMs();
      if (!this.#before || dueMs >= untilMs) return;
      await this.#tick(Math.max(dueMs, this.#time.nowMs()), this.#before.price);
      if (this.#nextDeliveryMs() <= dueMs) return;
    }
  }

  #nextDeliveryMs(): number {
    const { rolling, notRolling } = this.#accounts ?? {};
    const held = [rolling, notRolling].flatMap((account) => Object.keys(account?.state.positions ?? {}));
    return Math.min(...held.map((symbol) => deliveryMsOf(symbol) ?? Infinity));
  }

  outcome(): Outcome & { readonly fromMs: number; readonly toMs: number } {
    const toMs = this.#time.nowMs();
    this.#sample();
    return { ...this.#tally.outcome(toMs), fromMs: this.#startMs, toMs };
  }

  close(): Promise<void> {
    return this.#supervisor.stop();
  }

  #isBusy(): boolean {
    return this.#engine.busy() || this.#supervisor.rollsUnderWay().length > 0;
  }

  async #tick(atMs: number, price: number): Promise<void> {
    await this.#time.passTo(atMs);
    this.#market.tick(atMs, this.#baseCoin, price);
    const { turns } = this.#store;
    this.#engine.onTick();
    this.#prices.publish(this.#baseCoin);
    if (this.#store.turns !== turns || this.#isBusy()) await settle();
    this.#quiet = this.#quietRange();
  }

  /** Floats are enough to say that nothing happens: what is within the last digit of a level is played. */
  #quietRange(): { readonly above: number; readonly below: number } {
    if (this.#isBusy() || this.#prices.watched.size > 0) return { above: Infinity, below: 0 };
    const priceTick = 10 ** -this.#market.indexPlaces(this.#baseCoin);
    const [below, above] = this.#supervisor.levelsAround(this.#baseCoin);
    return {
      above: below ? below.toNumber() + priceTick : 0,
      below: above ? above.toNumber() - priceTick : Infinity,
    };
  }

  /** With the first price on the market: the position is there, and given into care. */
  async #begin(): Promise<void> {
    const { spec, qty, side, cash } = this.#options;
    const { symbol, qty: wanted } = parseTaskSpec(spec, bybitRules);
    const quote = this.#market.quote(symbol);
    if (quote?.status !== 'Trading')
      throw cannotBegin({
        path: 'symbol',
        found: symbol,
        expected: 'an option that is listed when the prices begin',
      });
    this.#notRollingUntilMs = quote.instrument.expiry.deliveryMs;
    const held = { symbol, side, qty: wanted === 'all' ? qty : wanted };
    const open = (apiKey: string): Account =>
      this.#engine.addAccount({ apiKey, apiSecret: '', usdt: cash, usdc: '0', positions: [held] });
    this.#accounts = { rolling: open('rolling'), notRolling: open('not rolling') };
    this.#worthAtStart = this.#worthOf(this.#accounts.rolling);
    await this.#supervisor.claim();
    this.#store.ask({
      commandId: 'add',
      taskId: 'backtest',
      kind: 'add',
      askedBy: 'backtest',
      payload: spec,
    });
    await this.#supervisor.workInbox();
    const [answer] = this.#store.answers;
    if (answer?.status !== 'done')
      throw cannotBegin({
        path: 'task',
        found: answer?.text ?? 'no answer',
        expected: 'a task that fits the first price',
      });
  }

  #account(): PaperSideAccount {
    if (!this.#accounts) throw new Error('the account opens with the first price');
    this.#rolling = new PaperSideAccount(this.#engine, this.#accounts.rolling, this.#market);
    return this.#rolling;
  }

  #sampleWhenDue(): void {
    if (this.#time.nowMs() >= this.#nextSampleMs) this.#sample();
  }

  #sample(): void {
    if (!this.#accounts || !this.#before) return;
    const { atMs, price } = this.#before;
    // Of a minute that was left out the market has not heard.
    this.#market.tick(atMs, this.#baseCoin, price);
    this.#nextSampleMs = atMs - (atMs % sampleEveryMs) + sampleEveryMs;
    const worthOf = (account: Account) => subtract(this.#worthOf(account), this.#worthAtStart);
    const { rolling, notRolling } = this.#accounts;
    this.#tally.sample({ atMs, rolling: worthOf(rolling), notRolling: worthOf(notRolling) });
  }

  #worthOf(account: Account): DecimalString {
    const { wallet, optionValue } = summarise(account, this.#market, this.#engine.context.settings);
    return toText(wallet.plus(optionValue));
  }
}

/** Asked anew for every value: the volatility may be another then. */
const pricingOf = ({ volatility, volatilities }: BacktestOptions): PricingSettings => ({
  get volatility() {
    return volatilities?.value ?? volatility;
  },
  carry: 0.02,
});
