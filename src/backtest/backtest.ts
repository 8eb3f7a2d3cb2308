/**
 * Plays recorded prices against a task, to show what it would have done. The supervisor, the machines and the planner are the
 * daemon's; they trade on the paper engine, on a clock that runs as fast as the prices can be read, without database and
 * sockets. Prices of the underlying come from the file, option prices from the paper exchange's model: Black-76 with a smile.
 */
import { pino } from 'pino';
import { hourMs, minuteMs } from '../domain/units.ts';
import { subtract, toText, type DecimalString } from '../domain/money.ts';
import type { Side } from '../domain/market/order.ts';
import { asksForEvents, type Rule } from '../domain/rules/rule.ts';
import { parseTaskSpec, type SpecLeg } from '../domain/spec/task-spec.ts';
import { bybitRules } from '../exchange/bybit/rules.ts';
import { parseOptionSymbol } from '../exchange/bybit/symbols.ts';
import { defaultDepth } from '../exchange/paper/depth.ts';
import type { Account, OpeningPosition } from '../exchange/paper/engine/account.ts';
import { Engine } from '../exchange/paper/engine/engine.ts';
import { summarise } from '../exchange/paper/engine/margin.ts';
import { defaultEngineSettings } from '../exchange/paper/engine/settings.ts';
import { Faults } from '../exchange/paper/faults.ts';
import { deliveryMsOf } from '../exchange/paper/listing.ts';
import { Market } from '../exchange/paper/market.ts';
import type { PricingSettings } from '../exchange/paper/pricing.ts';
import { lastPointMs, pointsOf, priceBetween, type PricePoint } from '../exchange/paper/price-path.ts';
import { Supervisor } from '../runtime/supervisor.ts';
import { holdWhatCovers } from './covering.ts';
import { cannotBegin } from './cannot-begin.ts';
import { MemoryStore } from './memory-store.ts';
import { PaperSideAccount, paperSideEvents, PaperSideMarket } from './paper-side.ts';
import type { PlayedCalendar } from './played-calendar.ts';
import type { Candle } from './price-file.ts';
import { RowDistance, type Gaps } from './row-distance.ts';
import { Tally, type Outcome } from './tally.ts';
import { settle, VirtualTime } from './virtual-time.ts';
import type { VolatilityCoverage, VolatilityTape } from './volatility-tape.ts';

export interface BacktestOptions {
  /** A spec as `task add` accepts it. */
  readonly spec: unknown;
  /** Size of the position when the spec says `all`, base coin. The position is opened at the mark of the first price. */
  readonly qty: DecimalString;
  /** Of the position; of each leg of a structure for which the spec says none. */
  readonly side: Side;
  /** Cash on the account, settle coin. */
  readonly cash: DecimalString;
  /** At-the-money volatility, fraction per year. */
  readonly volatility: number;
  /** Recorded volatility, used instead of `volatility`. */
  readonly volatilities?: VolatilityTape | null;
  /** For a task that does not trade during the events of a calendar. */
  readonly calendar?: PlayedCalendar | undefined;
  readonly candles: AsyncIterable<readonly Candle[]>;
  /** For tests: `false` also plays the rows in which nothing can happen. */
  readonly skipsQuiet?: boolean;
  /** For tests: `false` where the exchange checks no order beforehand, as in demo trading. */
  readonly checksOrders?: boolean;
}

export interface BacktestResult extends Outcome {
  readonly fromMs: number;
  readonly toMs: number;
  readonly candles: number;
  /** In which every amount is. */
  readonly settleCoin: string;
  /** Distance of the rows: the median over the first hundred. */
  readonly rowEveryMs: number;
  readonly gaps: Gaps;
  /** How far the recorded volatility reaches; `null` when there is none. */
  readonly volatility: VolatilityCoverage | null;
}

/** Interval of prices while a roll is under way, the same as on the paper exchange in real time. */
const busyStepMs = 100;
const sampleEveryMs = hourMs;
/** Rows are played for this long before anything that is due by the clock: a delivery needs the average of half an hour. */
const clockMarginMs = 40 * minuteMs;
/** An option is delivered at the last price, without waiting for the next row, when that row is later by more than this. */
const deliveryPatienceMs = hourMs;
const accountId = 'backtest';

/** Plays all candles. @throws BadInput when the spec, the position and the prices do not fit together */
export async function backtest(options: BacktestOptions): Promise<BacktestResult> {
  let world: World | null = null;
  let candles = 0;
  const distance = new RowDistance();
  const { volatilities, calendar } = options;
  try {
    for await (const piece of distance.spans(options.candles)) {
      for (const { candle, spanMs } of piece) {
        if (calendar?.isDue(candle.atMs) === true) await calendar.goTo(candle.atMs);
        world ??= new World(options, candle.atMs);
        candles += 1;
        if (volatilities?.isDue(candle.atMs) === true) volatilities.goTo(candle.atMs);
        if (!world.skip(candle, spanMs)) await world.play(candle, spanMs);
      }
    }
    if (!world) throw new Error('a price file yields at least one candle, or throws');
    const outcome = world.outcome();
    const volatility = volatilities?.coverage(outcome.fromMs, outcome.toMs) ?? null;
    const { gaps, rowEveryMs } = distance;
    const { settleCoin } = world;
    return { ...outcome, settleCoin, candles, rowEveryMs: rowEveryMs ?? minuteMs, gaps, volatility };
  } finally {
    await world?.close();
  }
}

class World {
  readonly #options: BacktestOptions;
  readonly #startMs: number;
  readonly #baseCoin: string;
  readonly settleCoin: string;
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
  /** When the positions that are left alone are delivered next; `Infinity` once all of them have been. */
  #notRollingUntilMs = Infinity;
  /** Lowest and highest price so far: beyond them the exchange lists new strikes. */
  readonly #seen = { low: Infinity, high: 0 };
  /** Prices that stay between these levels reach no trigger. */
  #quiet = { above: Infinity, below: 0 };

  constructor(options: BacktestOptions, startMs: number) {
    this.#options = options;
    this.#startMs = startMs;
    const { symbol, rules } = parseTaskSpec(options.spec, bybitRules);
    refuseWrongCalendar(rules, options.calendar);
    const { baseCoin, settleCoin } = parseOptionSymbol(symbol);
    this.#baseCoin = baseCoin;
    this.settleCoin = settleCoin;
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
      calendar: options.calendar,
      log: pino({ level: 'silent' }),
      connect: () => Promise.resolve(this.#account()),
    });
    void this.#prices.open(this.#supervisor.marketListener);
  }

  /** Passes over a row in which nothing can happen. @returns false when the row has to be played */
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
    for (;;) {
      await this.#passTimers(point.atMs);
      const atMs = this.#time.nowMs() + busyStepMs;
      if (!this.#isBusy() || atMs >= point.atMs) break;
      await this.#tick(atMs, this.#before ? priceBetween(this.#before, point, atMs) : point.price);
    }
    await this.#tick(point.atMs, point.price);
    if (!this.#before) await this.#begin();
    this.#before = point;
    if (point.atMs > this.#notRollingUntilMs) this.#notRollingUntilMs = this.#nextDeliveryOf('notRolling');
  }

  /**
   * Delivers what expires where rows are missing at its own time, at the last price. If the delivery waited for the next row, it
   * would be late by the whole gap, and the task would ask for the delivery record every few seconds until then.
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
    return Math.min(this.#nextDeliveryOf('rolling'), this.#nextDeliveryOf('notRolling'));
  }

  #nextDeliveryOf(which: 'rolling' | 'notRolling'): number {
    const held = Object.keys(this.#accounts?.[which].state.positions ?? {});
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
    return this.#engine.isBusy() || this.#supervisor.rollsUnderWay().length > 0;
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

  /**
   * Lets happen what is due by the clock until then, or until something is traded. A recorded price holds until the next row,
   * so options that are watched are known then.
   */
  async #passTimers(untilMs: number): Promise<void> {
    for (let dueMs = this.#time.nextMs; dueMs <= untilMs && !this.#isBusy(); dueMs = this.#time.nextMs) {
      this.#time.skipTo(dueMs);
      if (this.#prices.watched.size > 0) this.#prices.publish(this.#baseCoin);
      await this.#time.passTo(dueMs);
    }
  }

  /** Floats are precise enough here, because prices within one tick of a level are played. */
  #quietRange(): { readonly above: number; readonly below: number } {
    if (this.#isBusy() || this.#prices.watched.size > 0) return { above: Infinity, below: 0 };
    const priceTick = 10 ** -this.#market.indexPlaces(this.#baseCoin);
    const [below, above] = this.#supervisor.levelsAround(this.#baseCoin);
    return {
      above: below ? below.toNumber() + priceTick : 0,
      below: above ? above.toNumber() - priceTick : Infinity,
    };
  }

  /** What the spec is about, each option at its size and side. @throws BadInput for one that cannot be traded yet, or any more */
  #positions(): readonly OpeningPosition[] {
    const { spec, qty, side } = this.#options;
    const { symbol, legs, qty: wanted } = parseTaskSpec(spec, bybitRules);
    const named: readonly Omit<SpecLeg, 'name'>[] = legs ?? [{ symbol }];
    return named.map((leg, place) => {
      if (this.#market.quote(leg.symbol)?.status !== 'Trading')
        throw cannotBegin({
          path: legs ? `legs.${place}.symbol` : 'symbol',
          found: leg.symbol,
          expected: 'an option that is listed when the prices begin',
        });
      const size = leg.qty ?? wanted;
      return { symbol: leg.symbol, side: leg.side ?? side, qty: size === 'all' ? qty : size };
    });
  }

  /** At the first price: opens the positions on both accounts, and adds the task that manages those of one of them. */
  async #begin(): Promise<void> {
    const { spec, cash } = this.#options;
    const positions = this.#positions();
    const open = (apiKey: string): Account =>
      this.#engine.addAccount({ apiKey, apiSecret: '', usdt: cash, usdc: '0', positions });
    this.#accounts = { rolling: open('rolling'), notRolling: open('not rolling') };
    this.#notRollingUntilMs = this.#nextDeliveryOf('notRolling');
    this.#worthAtStart = this.#worthOf(this.#accounts.rolling);
    holdWhatCovers(this.#engine, this.#accounts.rolling, parseTaskSpec(spec, bybitRules));
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
    this.#rolling.checksOrders = this.#options.checksOrders !== false;
    return this.#rolling;
  }

  #sampleWhenDue(): void {
    if (this.#time.nowMs() >= this.#nextSampleMs) this.#sample();
  }

  #sample(): void {
    if (!this.#accounts || !this.#before) return;
    const { atMs, price } = this.#before;
    // The market has not received the prices of rows that were passed over.
    this.#market.tick(atMs, this.#baseCoin, price);
    this.#nextSampleMs = atMs - (atMs % sampleEveryMs) + sampleEveryMs;
    const worthOf = (account: Account) => subtract(this.#worthOf(account), this.#worthAtStart);
    const { rolling, notRolling } = this.#accounts;
    this.#tally.sample({ atMs, rolling: worthOf(rolling), notRolling: worthOf(notRolling) });
  }

  #worthOf(account: Account): DecimalString {
    const { wallet, optionValue } = summarise(account, this.#engine.context);
    return toText(wallet.plus(optionValue));
  }
}

/** @throws BadInput when a task asks for events and there are none, or the other way round */
function refuseWrongCalendar(rules: readonly Rule[], calendar: PlayedCalendar | undefined): void {
  if (asksForEvents(rules) === (calendar !== undefined)) return;
  throw calendar
    ? cannotBegin({
        path: '--blackouts',
        found: 'a calendar of events',
        expected: 'a task that looks at it: one of its guards is notDuring: events',
      })
    : cannotBegin({
        path: 'guards.notDuring',
        found: 'events',
        expected: 'a calendar of events beside the prices: --blackouts FILE',
      });
}

/** A getter, because recorded volatility changes while prices are played. */
const pricingOf = ({ volatility, volatilities }: BacktestOptions): PricingSettings => ({
  get volatility() {
    return volatilities?.value ?? volatility;
  },
  carry: 0.02,
});
