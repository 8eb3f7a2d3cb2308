/**
 * The effects of the machines: the only place where a task touches the exchange. A write waits for the commit of the
 * turn that decided it, is sent only while that decision is fresh, and answers "unknown" instead of acting twice when
 * it was only restarted. A read waits for no commit; the reading that a roll is decided on waits until the task is
 * admitted.
 */
import { compare } from '../../domain/money.ts';
import { stopsOn } from '../../domain/roll/seen-stops.ts';
import { legsOf, type Legs } from '../../domain/rules/structure.ts';
import { messageOf, Retryable, Terminal, UnknownOutcome } from '../../domain/errors.ts';
import { isOfSameFamily } from '../../domain/market/exchange-rules.ts';
import { appliedFees } from '../../domain/market/fee-rates.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import { pricingOf, withCosts, type PricedOption } from '../../domain/market/unit-costs.ts';
import { withQuotes, type ListedOption, type OrderRequest, type Quote } from '../../domain/market/order.ts';
import type {
  Cause,
  MarketQuestion,
  MarketReading,
  OrderLookUp,
  ReadAnswer,
  Stamp,
  Undelivered,
  WantedTarget,
  WriteAnswer,
} from '../../domain/orders/outcomes.ts';
import type { MarginLook, MarginQuestion } from '../../domain/roll/open-first.ts';
import type { ReadingNeeds } from '../../domain/roll/planning.ts';
import { settlementWithinMs } from '../../domain/roll/position-life.ts';
import { eventsAround } from '../../domain/rules/blackouts.ts';
import { quantityOf } from '../../domain/rules/rule.ts';
import { quotesNeeded, withinReach } from '../../domain/rules/targets.ts';
import { minuteMs } from '../../domain/units.ts';
import { absenceProvenAfterMs, sendWithinMs } from '../../domain/orders/write-window.ts';
import type { Position, Settlement } from '../../domain/market/order.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { OrderRef, TradingAccount } from '../../ports/exchange.ts';
import { orderMachine } from '../../../machines/order.machine.ts';
import { rollMachine } from '../../../machines/roll.machine.ts';
import { checkMargin } from './check-margin.ts';
import { readChecks } from './read-checks.ts';
import { readStructure, type ChainSource, type PricingMoment } from './read-structure.ts';
import { effect, untilTime, type EffectHost, type Stopping } from './effect.ts';
import { reminder } from './reminder.ts';

interface SettlementReading {
  readonly settlement: Settlement | null;
  readonly undelivered?: Undelivered;
}

/** The roll machine with all its effects: the one list of what a task may do in the world. */
export function provideEffects(machine = rollMachine) {
  const alarm = effect<object, { atMs: number }>(({ atMs }, { clock }, stopping) =>
    untilTime(clock, atMs, stopping),
  );
  return machine.provide({
    actors: {
      alarm,
      reminder,
      'read market': reading<MarketReading, MarketQuestion>(readMarket, withStanding),
      'check margin': reading<MarginLook, MarginQuestion>(checkMargin, withStanding),
      'read settlement': reading<SettlementReading, { symbol: string; expiryMs: number }>(readSettlement),
      'work order': orderMachine.provide({
        actors: {
          alarm,
          'submit order': writing<OrderRequest>(
            (account, order, notAfterMs) => account.submit(order, notAfterMs),
            ({ linkId }, host) => host.mayLeave(linkId),
          ),
          'amend order': writing<OrderRef & { price: string }>((account, order, notAfterMs) =>
            account.amend(order, notAfterMs),
          ),
          'cancel order': writing<OrderRef>((account, order, notAfterMs) =>
            account.cancel(order, notAfterMs),
          ),
          'look up order': reading<OrderLookUp, OrderRef>(lookUpOrder),
          'read quote': reading<Quote, { symbol: string }>(({ symbol }, { market }) => market.quote(symbol)),
        },
      }),
    },
  });
}

export type ProvidedRollMachine = ReturnType<typeof provideEffects>;

/** @param mayGo is asked last; what may not go is tried again later, if it is wanted then. Default: everything may */
const writing = <Input>(
  act: (account: TradingAccount, input: Input, notAfterMs: number) => Promise<void>,
  mayGo: (input: Input, host: EffectHost) => boolean = () => true,
) =>
  effect<WriteAnswer, Input>(async (input, host) => {
    if (host.isResuming) return { kind: 'unknown', cause: { code: 'restarted', figures: {} } };
    const decidedAtMs = await host.committed();
    if (!mayGo(input, host)) return failedWrite(new Retryable('trading is halted', { retryAfterMs: 0 }));
    try {
      await act(host.account, input, decidedAtMs + sendWithinMs);
      return { kind: 'acknowledged' };
    } catch (error) {
      return failedWrite(error);
    }
  });

function failedWrite(error: unknown): WriteAnswer {
  const cause = causeOf(error);
  if (error instanceof Terminal) return { kind: 'refused', cause, scope: error.scope };
  if (error instanceof Retryable) return { kind: 'retry', cause, retryAfterMs: error.retryAfterMs };
  if (!(error instanceof UnknownOutcome)) return { kind: 'unknown', cause, orderExists: false };
  const { orderExists, answered } = error;
  return { kind: 'unknown', cause, orderExists, ...(answered && { answered }) };
}

function causeOf(error: unknown): Cause {
  const hasCode = error instanceof Terminal || error instanceof Retryable || error instanceof UnknownOutcome;
  const exchangeCode = hasCode ? error.code : '';
  return { code: 'said', figures: { words: messageOf(error), exchangeCode } };
}

const readAttemptsMax = 3;
/** A longer wait is left to the machine, where it can be seen and reported. */
const readWaitMaxMs = 5_000;

const reading = <Value, Input>(
  read: (input: Input, host: EffectHost, stopping: Stopping) => Promise<Value>,
  complete?: (answer: ReadAnswer<Value>, host: EffectHost, stamp: Stamp) => ReadAnswer<Value>,
) =>
  effect<ReadAnswer<Value>, Input>(async (input, host, stopping) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return { kind: 'read', value: await read(input, host, stopping) };
      } catch (error) {
        const isRetryable = error instanceof Retryable && error.retryAfterMs <= readWaitMaxMs;
        if (attempt >= readAttemptsMax || !isRetryable) return failedRead(error, host.clock.nowMs());
        await untilTime(host.clock, host.clock.nowMs() + error.retryAfterMs, stopping);
      }
    }
  }, complete);

/** The limits of the account are judged on what is used in the very turn that plans. */
function withStanding<Value extends Pick<MarketReading, 'account'>>(
  answer: ReadAnswer<Value>,
  host: EffectHost,
  { atMs }: Stamp,
): ReadAnswer<Value> {
  const account = answer.kind === 'read' ? host.standing(atMs) : null;
  return answer.kind === 'read' && account ? { ...answer, value: { ...answer.value, account } } : answer;
}

function failedRead(error: unknown, nowMs: number): ReadAnswer<never> {
  const failed = { kind: 'failed', cause: causeOf(error) } as const;
  if (error instanceof Terminal && error.scope === 'account') return { ...failed, refusal: 'account' };
  if (error instanceof Retryable && error.retryAfterMs > readWaitMaxMs)
    return { ...failed, notBeforeMs: nowMs + error.retryAfterMs };
  return failed;
}

/**
 * How old what an account's stream has kept may be, ms. Its margin moves with prices, of which the stream tells nothing; once
 * something is closed, no guard is judged by it any more.
 */
const keptAgesMaxMs = {
  positions: minuteMs,
  stops: minuteMs,
  margin: 5_000,
  checks: 5_000,
  marginUnderWay: minuteMs,
} as const;

async function readMarket(
  question: MarketQuestion,
  host: EffectHost,
  stopping: Stopping,
): Promise<MarketReading> {
  await host.admitted(stopping);
  return readForPlan(question, host);
}

/** What a reading for a plan uses of its task. */
export type ReadingHost = Pick<
  EffectHost,
  'account' | 'market' | 'clock' | 'calendar' | 'feesOf' | 'mayRest' | 'needs' | 'wantedChecks'
>;

/** @throws Retryable | Terminal when something cannot be read */
export async function readForPlan(question: MarketQuestion, host: ReadingHost): Promise<MarketReading> {
  const { account, market, clock } = host;
  const { held } = question;
  const askedAtMs = clock.nowMs();
  const own = host.feesOf(held.baseCoin);
  const rules = pricingOf(market.rules, { own, mayRest: host.mayRest });
  const { needs } = host;
  const isBegun = needs.closed !== 'nothing';
  const [positions, chain, margin, underlying, holding, stops] = await Promise.all([
    readPositions(question, account, isBegun),
    readChainFor(needs, question, { market, moment: { nowMs: askedAtMs, rules } }),
    account.margin(isBegun ? keptAgesMaxMs.marginUnderWay : keptAgesMaxMs.margin),
    question.underlying === true && needs.askedAnew.ticker ? market.underlying(held.baseCoin) : null,
    readHolding(question, account),
    isBegun ? {} : readStops(question, account, keptAgesMaxMs.stops),
  ]);
  const ours = positions.filter(({ symbol }) =>
    legsOf(question).some((leg) => isOfSameFamily(symbol, leg, market.rules)),
  );
  const read = {
    askedAtMs,
    positions: ours,
    chain,
    margin,
    ...(underlying && { underlying }),
    ...readCalendar(question, host.calendar, askedAtMs),
    ...holding,
    ...stops,
    ...(needs.closed !== 'all' && (await readStopFills(question, ours, account))),
    fees: appliedFees(own, market.rules.fees),
  };
  if (isBegun) return read;
  const asking = { account, ageMaxMs: keptAgesMaxMs.checks };
  return readChecks(read, asking, (reading) => host.wantedChecks(reading));
}

/**
 * What is kept confirms what the task believes, and anything else is asked for: before a roll, the account is asked where a leg is
 * not there as it should be.
 */
async function readPositions(
  question: MarketQuestion,
  account: TradingAccount,
  isBegun: boolean,
): Promise<readonly Position[]> {
  const kept = await account.positions(keptAgesMaxMs.positions);
  const mayLack = isBegun && question.also === undefined;
  return mayLack || lackingIn(kept, question).length === 0 ? kept : account.positions();
}

type Wanted = Pick<MarketQuestion, 'held' | 'others' | 'also'>;

const lackingIn = (positions: readonly Position[], question: Wanted): readonly HeldOption[] =>
  [...legsOf(question), ...(question.also ?? [])].filter(({ symbol, side, qty }) => {
    const position = positions.find((each) => each.symbol === symbol);
    return position?.side !== side || compare(position.qty, qty) < 0;
  });

/** The part of a reading that says which stops stand on its options; a failure is no reason not to trade. */
export async function readStops(
  question: Legs,
  account: Pick<TradingAccount, 'stops'>,
  ageMaxMs = 0,
): Promise<Pick<MarketReading, 'stops'>> {
  const stops = stopsOn(question, await account.stops(ageMaxMs).catch(() => []));
  return stops.length > 0 ? { stops } : {};
}

/**
 * What stops have executed in options that are not there as they should be. It is asked for after the positions, so that what
 * these lack is in it.
 */
async function readStopFills(
  question: Wanted,
  positions: readonly Position[],
  account: TradingAccount,
): Promise<Pick<MarketReading, 'stopFills'>> {
  const lacking = lackingIn(positions, question);
  const read = await Promise.all(lacking.map(({ symbol }) => account.stopFills(symbol)));
  const stopFills = read.flat();
  return stopFills.length > 0 ? { stopFills } : {};
}

/** The part of a reading that says what the account has of the holding that is asked for, if one is. */
export async function readHolding(
  { holding: symbol }: MarketQuestion,
  account: Pick<TradingAccount, 'holding'>,
): Promise<Pick<MarketReading, 'holding'>> {
  return symbol === undefined ? {} : { holding: { symbol, qty: await account.holding(symbol) } };
}

/** The part of a reading that says what is known of the operator's calendar, where that is asked for. */
export function readCalendar(
  { events }: MarketQuestion,
  reader: EventCalendarReader | undefined,
  nowMs: number,
): Pick<MarketReading, 'calendar'> {
  const known = events === true ? (reader?.known() ?? null) : null;
  return known === null ? {} : { calendar: eventsAround(known, nowMs) };
}

/**
 * Reads no more quotes than needed: a whole expiry is a hundred times as much to send and read. If no other option may
 * replace the target, two quotes are enough; a target that is found by what is quoted needs those of every expiry that
 * it may go to.
 */
async function readOptions(
  { held, chosen, alternatives, wanted }: MarketQuestion & { readonly wanted: WantedTarget | null },
  market: ChainSource,
  nowMs: number,
): Promise<readonly ListedOption[]> {
  const listing = withQuotes(await market.listed(held), []);
  const ours = listing.filter(({ instrument }) => instrument.symbol === held.symbol);
  const quotesOf = async (options: readonly ListedOption[]): Promise<readonly Quote[]> =>
    market.quotes(options.map(({ instrument }) => instrument.symbol));
  const quoted = async (options: readonly ListedOption[], of: readonly ListedOption[]) =>
    withQuotes(
      options.map(({ instrument }) => instrument),
      await quotesOf(of),
    );
  if (wanted === null) return quoted(ours, ours);
  const { target, allowWrongWay, opens } = wanted;
  const openQty = quantityOf(opens, held.qty, ours[0]?.instrument.qtyStep ?? '0');
  const search = { held, target, nowMs, chosen, allowWrongWay, openQty };
  const { expiries, decide } = quotesNeeded(search, listing);
  if (expiries.length === 0) return quoted(ours, ours);
  if (alternatives === 0 && !decide) {
    const options = withinReach(search, 0, listing);
    const ends = options.filter(
      ({ instrument }, at) => instrument.symbol === held.symbol || at === options.length - 1,
    );
    return quoted(options, ends);
  }
  const [old, ...chains] = await Promise.all([
    expiries.includes(held.expiryMs) ? [] : quoted(ours, ours),
    ...expiries.map((expiryMs) => market.chain({ ...held, expiryMs })),
  ]);
  // What else was in question: that it was not taken is a part of the choice.
  const others = listing.filter(
    ({ instrument }) => instrument.symbol !== held.symbol && !expiries.includes(instrument.expiryMs),
  );
  return withinReach(search, alternatives, [...old, ...chains.flat(), ...(decide ? [] : others)]);
}

/**
 * The held option and those that a roll may open, each with its quote and the costs of a unit.
 * @throws Retryable | Terminal when the market cannot be read
 */
export const readChain = async (
  question: MarketQuestion,
  market: ChainSource,
  { nowMs, rules }: PricingMoment,
): Promise<readonly PricedOption[]> => {
  if (question.others) return readStructure(question, market, { nowMs, rules });
  const targets = question.targets.length === 0 ? [null] : question.targets;
  const read = await Promise.all(
    targets.map((wanted) => readOptions({ ...question, wanted }, market, nowMs)),
  );
  return withCosts(merged(read), question.held, rules);
};

/** The chain for the plan that comes next: of leg 2 at first the chosen option alone, and the others once that cannot be had. */
export async function readChainFor(
  { askedAnew, isFirstOpening }: ReadingNeeds,
  question: MarketQuestion,
  { market, moment }: { readonly market: ChainSource; readonly moment: PricingMoment },
): Promise<readonly PricedOption[]> {
  const source = askedAnew.quotes ? askingAnew(market) : market;
  const { chosen } = question;
  if (isFirstOpening && chosen !== null) {
    const alone = await readChain({ ...question, alternatives: 0 }, source, moment);
    const option = alone.find(({ instrument }) => instrument.symbol === chosen.symbol);
    const isQuoted = typeof option?.quote?.bid === 'string' && option.quote.ask !== null;
    if (isQuoted && option.instrument.status === 'Trading') return alone;
  }
  return readChain(question, source, moment);
}

const askingAnew = (market: ChainSource): ChainSource => ({
  listed: (family) => market.listed(family),
  quotes: (symbols) => market.quotes(symbols, 'request'),
  chain: (series) => market.chain(series, 'request'),
});

/** Each option once, with its quote where one of the readings has it. */
function merged([first = [], ...others]: readonly (readonly ListedOption[])[]): readonly ListedOption[] {
  if (others.length === 0) return first;
  const bySymbol = new Map(first.map((option) => [option.instrument.symbol, option]));
  for (const option of others.flat())
    if (option.quote !== null || !bySymbol.has(option.instrument.symbol))
      bySymbol.set(option.instrument.symbol, option);
  return [...bySymbol.values()];
}

/** Reads the settlement; if that is overdue, also whether the position and the listing still show the option. */
async function readSettlement(
  option: { readonly symbol: string; readonly expiryMs: number },
  { account, market, clock }: EffectHost,
): Promise<SettlementReading> {
  const settlement = await account.settlement(option);
  if (settlement !== null || clock.nowMs() < option.expiryMs + settlementWithinMs) return { settlement };
  const family = market.rules.readSymbol(option.symbol);
  const [{ qty }, listed] = await Promise.all([
    account.position(option.symbol),
    family ? market.listed(family) : [],
  ]);
  const instrument = listed.find(({ symbol }) => symbol === option.symbol);
  return { settlement, undelivered: { qty, status: instrument?.status ?? null } };
}

async function lookUpOrder(order: OrderRef, { account, market }: EffectHost): Promise<OrderLookUp> {
  const [sighting, position] = await Promise.all([account.findOrder(order), account.position(order.symbol)]);
  return { sighting, position, absenceProvenAfterMs: absenceProvenAfterMs(market.rules.times) };
}
