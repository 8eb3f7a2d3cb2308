/**
 * Makes a task of a position, or of the legs of a structure: compares the spec with what the account holds and what is listed.
 * A refusal names the value and what would be right. The caller stores the task.
 */
import { reasonText } from '../../domain/explain/reason-text.ts';
import { BadInput, type InputIssue } from '../../domain/errors.ts';
import { compare, decimal, multiply, subtract, sum, toText } from '../../domain/money.ts';
import { stopView } from '../../domain/explain/stop-text.ts';
import { stopsOn } from '../../domain/roll/seen-stops.ts';
import { isOfFamily, optionOf, type Option, type OptionFamily } from '../../domain/market/option.ts';
import type { Instrument, Position, Side } from '../../domain/market/order.ts';
import type { HeldOption, HeldPosition } from '../../domain/market/held-option.ts';
import type { RollInput } from '../../domain/roll/roll-context.ts';
import { quantityProblem } from '../../domain/orders/tradability.ts';
import { dayMs } from '../../domain/units.ts';
import { parseTaskSpec, type TaskSpec } from '../../domain/spec/task-spec.ts';
import { clockForm, momentForm } from '../../domain/spec/clock-form.ts';
import { positionsText, rulesText } from '../../domain/explain/answer-text.ts';
import { standingsOf } from '../../domain/roll/edit-alerts.ts';
import { triggerOf } from '../../domain/rules/judging.ts';
import { firstDelivered, isStructure, legsOf, type Legs } from '../../domain/rules/structure.ts';
import { asksForEvents, isAlertRule, type Rule } from '../../domain/rules/rule.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { conditionName, triggerText, valueText } from '../../domain/explain/trigger-text.ts';
import { valueOf } from '../../domain/rules/condition-values.ts';
import { readingsByLeg } from '../../domain/rules/leg-views.ts';
import { judge } from '../../domain/rules/trigger-judging.ts';
import {
  conditionsOf,
  fieldsOf,
  isOptionField,
  readingsOf,
  watchOf,
  type Condition,
} from '../../domain/rules/triggers.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Command } from '../../ports/inbox.ts';
import type { NewTask } from '../../ports/journal.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { ProvidedRollMachine } from '../task/effects.ts';
import { coverProblem, legPlaces, type LegPlaces } from './watched-holding.ts';
import { readVolatilities } from '../triggers/volatility-watch.ts';
import { firstSnapshot } from '../task/first-snapshot.ts';

/** What another task of the account manages already. */
export interface TakenPosition extends HeldPosition {
  readonly taskId: string;
}

interface AccountAndMarket {
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly takenPositions: readonly TakenPosition[];
  /** The operator's, where there is one. */
  readonly calendar: EventCalendarReader | undefined;
  /** The task whose roll moves this option, or has a moment ago; asked once the position is read. Default: none. */
  readonly moverOf?: (symbol: string) => string | null;
  /** Exchange time. */
  readonly nowMs: number;
}

export interface AdoptionOptions extends AccountAndMarket {
  readonly command: Command;
  readonly machine: ProvidedRollMachine;
}

export interface FitOptions extends AccountAndMarket {
  readonly taskId: string;
  /** As a person wrote it. */
  readonly spec: unknown;
  /** Names of legs of which nothing is held any more, and nothing is read. Default: none. */
  readonly gone?: readonly string[];
}

/**
 * The new task with its first journal row and the answer to the command, not stored yet.
 * @throws BadInput when the spec does not fit the account or the listing, or its trigger holds already
 * @throws Retryable | Terminal when the account or the market cannot be read
 */
export async function adoptPosition(options: AdoptionOptions): Promise<NewTask> {
  const { command, machine, market, nowMs } = options;
  const { taskId, payload } = command;
  const fitting = await fitToAccount({ ...options, taskId, spec: payload });
  const { spec } = fitting;
  const stops = stopsOn(fitting, await options.account.stops());
  const seenStops = { stops, emergency: null, problem: null, atMs: nowMs, addedAtMs: nowMs };
  const input = { ...fitting, seenStops };
  if (!spec.evenIfTrue) await refuseIfTrue(spec, input, { market, nowMs });
  const standing = stops.map((stop) => `; ${stopView(stop, null).text}`).join('');
  const text = `adopted ${positionsText(legsOf(input))}; ${rulesText(standingsOf(spec))}${standing}`;
  return {
    accountId: command.accountId,
    taskId: command.taskId,
    atMs: nowMs,
    specJson: JSON.stringify(spec),
    eventJson: JSON.stringify({
      type: 'CREATED',
      input,
      commandId: command.commandId,
      askedBy: command.askedBy,
      atMs: nowMs,
    }),
    ...firstSnapshot(machine, input),
    answer: { commandId: command.commandId, status: 'done', text },
  };
}

/** An option that a spec names. */
interface NamedPosition {
  /** Its name in a structure. */
  readonly leg?: string;
  readonly symbol: string;
  /** In base coin, or `all`. */
  readonly qty: string;
  /** Which side it is meant to be. */
  readonly side?: Side;
  /** Before the paths of its values: empty, or `legs.0.`. */
  readonly at: string;
}

const namedIn = (
  { symbol, qty, legs }: TaskSpec,
  { options: [only, ...others] }: LegPlaces,
): readonly NamedPosition[] =>
  legs?.map(({ name, symbol, qty: own = qty, side }, place) => ({
    leg: name,
    symbol,
    qty: own,
    ...(side !== undefined && { side }),
    at: `legs.${[only, ...others][place] ?? place}.`,
  })) ?? [{ symbol, qty, at: only === undefined ? '' : `legs.${only}.` }];

/** What each check returns; what is wrong with any of them is said at once. @throws BadInput */
function eachOf<Item, Result>(items: readonly Item[], check: (item: Item) => Result): readonly Result[] {
  const issues: InputIssue[] = [];
  const results = items.flatMap((item) => {
    try {
      return [check(item)];
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      issues.push(...error.issues);
      return [];
    }
  });
  if (issues.length > 0) throw new BadInput('The task does not fit the account', issues);
  return results;
}

/**
 * Reads the spec and the position that it names, of a structure every leg, as the account holds it and the exchange lists it.
 * @throws BadInput when they do not fit; Retryable | Terminal when the account or the market cannot be read
 */
export async function fitToAccount(options: FitOptions): Promise<RollInput> {
  const { taskId, account, market, calendar, nowMs, moverOf = () => null, gone = [] } = options;
  const spec = parseTaskSpec(options.spec, market.rules);
  const places = legPlaces(options.spec);
  const named = namedIn(spec, places).filter(({ leg }) => leg === undefined || !gone.includes(leg));
  eachOf(named, (one) => refuseDelivered(one, market.rules, nowMs));
  if (calendar === undefined) refuseEvents(spec);
  const symbols = named.map(({ symbol }) => symbol);
  const [positions, listed, quotes] = await Promise.all([
    Promise.all(symbols.map((symbol) => account.position(symbol))),
    listingOf(symbols, market),
    market.quotes(symbols),
  ]);
  const isHeld = positions.every(({ side }) => side !== null);
  const all = isHeld ? [] : await account.positions();
  const [held, ...others] = eachOf(named, (one) => {
    const { symbol, at } = one;
    const mover = moverOf(symbol);
    if (mover !== null)
      refuse(
        `${at}symbol`,
        symbol,
        `an option that nothing moves: task ${mover} rolls into or out of it, or did a moment ago; try again in 10 seconds`,
      );
    const position = positions[named.indexOf(one)];
    if (!position || position.side === null) return refuseNotHeld(one, all);
    const instrument = listedOption(one, listed);
    const taken = heldOption(one, position, { ...options, option: instrument });
    const problem = quantityProblem(instrument, taken.qty);
    if (problem) refuse(`${at}qty`, taken.qty, `a quantity the exchange takes: ${reasonText(problem)}`);
    const quote = quotes.find((each) => each.symbol === symbol);
    return quote ? { ...taken, indexAtOpening: quote.index } : taken;
  });
  if (held === undefined) throw new Error('a spec names an option');
  const input = { taskId, spec, held, ...(spec.legs && { others }) };
  refuseLateHour(input);
  refuseLossOfLong(input);
  const uncovered = await coverProblem(spec, input, account);
  if (uncovered) refuse(`legs.${places.watched}.watch`, uncovered.found, uncovered.expected);
  return input;
}

/** All options of the families that the symbols are of. */
async function listingOf(
  symbols: readonly string[],
  market: Pick<MarketData, 'rules' | 'listed'>,
): Promise<readonly Instrument[]> {
  const families: OptionFamily[] = [];
  for (const symbol of symbols) {
    const option = market.rules.readSymbol(symbol);
    if (option && !families.some((family) => isOfFamily(option, family))) families.push(option);
  }
  return (await Promise.all(families.map((family) => market.listed(family)))).flat();
}

/** Refuses a spec. @param path of the value in the spec @throws BadInput always */
export const refuse = (path: string, found: string, expected: string): never => {
  throw new BadInput('The task does not fit the account', [{ path, found, expected }]);
};

/** How many of the account's options a refusal names. */
const namedMax = 5;

/** @param positions of the account: a name that is nearly right is most likely one of them @throws BadInput always */
function refuseNotHeld(
  { symbol, at }: Pick<NamedPosition, 'symbol' | 'at'>,
  positions: readonly Position[],
): never {
  const symbols = positions.filter(({ side }) => side !== null).map((position) => position.symbol);
  const named = symbols.slice(0, namedMax).join(', ');
  const more = symbols.length > namedMax ? ` and ${symbols.length - namedMax} more` : '';
  const held = named === '' ? '' : `: ${named}${more}`;
  return refuse(`${at}symbol`, `no position in ${symbol}`, `an option that the account holds${held}`);
}

/** Refuses an option that has expired: it is held and listed no more. @throws BadInput */
function refuseDelivered(
  { symbol, at }: NamedPosition,
  { namedDeliveryMs }: SymbolRules,
  nowMs: number,
): void {
  const deliveryMs = namedDeliveryMs(symbol);
  if (deliveryMs === null || nowMs < deliveryMs) return;
  const when = `${momentForm(deliveryMs)} UTC`;
  refuse(`${at}symbol`, `${symbol}, which was delivered on ${when}`, 'an option that has not expired');
}

/** Refuses a task that would never trade, because nobody can tell it of events. @throws BadInput */
function refuseEvents({ rules }: TaskSpec): void {
  if (!asksForEvents(rules)) return;
  const expected =
    'dated times: the daemon of this account has no calendar of events, which BLACKOUTS in its environment names';
  refuse('guards.notDuring', 'events', expected);
}

function heldOption(
  named: NamedPosition,
  position: Position,
  { takenPositions, option }: Pick<AdoptionOptions, 'takenPositions'> & { readonly option: Option },
): HeldOption {
  const { symbol, at, leg, side } = named;
  if (position.side === null) return refuseNotHeld(named, []);
  if (side !== undefined && side !== position.side)
    refuse(
      `${at}side`,
      sideWord(side),
      `${sideWord(position.side)}: the account holds ${position.side} ${position.qty} ${symbol}`,
    );
  const taken = takenPositions.filter((one) => one.symbol === symbol);
  const freeQty = subtract(position.qty, sum(taken.map(({ qty }) => qty)));
  const qty = named.qty === 'all' ? freeQty : named.qty;
  if (compare(freeQty, '0') <= 0)
    return refuse(
      `${at}symbol`,
      `${position.side} ${position.qty} ${symbol}, ${allTakenText(taken)}`,
      'a position that no task has yet, or that one has only in part',
    );
  if (compare(qty, freeQty) > 0) {
    const ofWhich = taken.length === 0 ? '' : `, of which ${takenText(taken)}`;
    return refuse(
      `${at}qty`,
      qty,
      `at most ${freeQty}: the account holds ${position.side} ${position.qty}${ofWhich}`,
    );
  }
  const premium = multiply(position.averagePrice, qty);
  return {
    ...optionOf(option),
    side: position.side,
    qty,
    premium,
    ...(leg !== undefined && { leg }),
  };
}

/** As a spec has it. */
const sideWord = (side: Side): string => (side === 'Sell' ? 'short' : 'long');

/** `all of which task k7m2p9qx4d manages`; with several tasks what each of them does. */
function allTakenText(taken: readonly TakenPosition[]): string {
  const [only, ...others] = taken;
  return only && others.length === 0
    ? `all of which task ${only.taskId} manages`
    : `all of which is managed: ${takenText(taken)}`;
}

const takenText = (taken: readonly TakenPosition[]): string =>
  taken.map(({ taskId, qty }) => `task ${taskId} manages ${qty}`).join(', ');

function listedOption({ symbol, at }: NamedPosition, listed: readonly Instrument[]): Instrument {
  const instrument = listed.find((each) => each.symbol === symbol);
  if (!instrument) return refuse(`${at}symbol`, symbol, 'an option listed on the exchange');
  const { status } = instrument;
  if (status !== 'Trading')
    refuse(`${at}symbol`, `${symbol}, which is ${status}`, 'an option that is trading');
  return instrument;
}

/** Refuses an hour of the expiry day that comes after the delivery: it would never come. @throws BadInput */
function refuseLateHour({ spec: { rules }, ...task }: RollInput): void {
  for (const [place, { when }] of rules.entries())
    for (const condition of conditionsOf(when)) {
      const held = legOfTime(condition, task);
      if (condition.kind !== 'expiryDay' || Number(watchOf(condition, { held }, 0).level) < held.expiryMs)
        continue;
      const delivered = `${clockForm(held.expiryMs % dayMs)} UTC, when ${held.symbol} is delivered`;
      const path = `${pathOfTrigger(rules, place)}.expiryDay.after`;
      refuse(path, clockForm(Number(condition.level)), `an hour before ${delivered}`);
    }
}

/** Refuses an emergency stop at a loss that cannot be made. @throws BadInput */
function refuseLossOfLong({ spec: { emergencyStop }, held }: RollInput): void {
  if (emergencyStop === undefined || held.side === 'Sell' || compare(emergencyStop.loss, '1') < 0) return;
  const found = `${toText(decimal(emergencyStop.loss).times(100))}%`;
  refuse(
    'emergencyStop.loss',
    found,
    `less than 100%: ${held.symbol} is long, and loses its premium at most`,
  );
}

/** Whose delivery a condition on the time speaks of: of the leg that it names, else of the one that is delivered first. */
const legOfTime = ({ leg }: Condition, task: Legs): HeldOption =>
  legsOf(task).find((one) => leg !== undefined && one.leg === leg) ?? firstDelivered(task);

/** Where the trigger of a rule is written, as far as the normal form shows it. */
const pathOfTrigger = (rules: TaskSpec['rules'], place: number): string =>
  rules.length === 1 ? 'trigger' : `rules.${place}.when`;

interface TriggersThatMayHold {
  /** Default: none. */
  readonly mayHold?: (rule: Rule) => boolean;
}

/**
 * Refuses a trigger that holds already, of a rule that trades: a person who adds or edits a task seldom means it to act at
 * once.
 * @throws BadInput naming the present values; Retryable | Terminal when the market cannot be read
 */
export async function refuseIfTrue(
  { rules }: TaskSpec,
  task: Legs,
  { market, nowMs, mayHold = () => false }: Pick<AdoptionOptions, 'market' | 'nowMs'> & TriggersThatMayHold,
): Promise<void> {
  const trigger = triggerOf(rules.map(({ when }) => ({ trigger: when })));
  const { baseCoin } = task.held;
  const legs = legsOf(task);
  // Which side is tested is said by deltas alone.
  const needsQuotes = isStructure(task) || fieldsOf(trigger).some(isOptionField);
  const [underlying, volatilities, quotes] = await Promise.all([
    market.underlying(baseCoin),
    readVolatilities(trigger, baseCoin, market),
    needsQuotes ? market.quotes(legs.map(({ symbol }) => symbol)) : [],
  ]);
  const ofLegs = readingsByLeg(task, ({ symbol }) => {
    const quote = quotes.find((each) => each.symbol === symbol);
    return quote ? readingsOf(quote) : null;
  });
  const readings = { ...underlying, ...volatilities, ...ofLegs };
  for (const [place, rule] of rules.entries()) {
    if (isAlertRule(rule) || mayHold(rule)) continue;
    const { holds, dueAtMs } = judge({ ...task, trigger: rule.when, heldSince: {} }, readings, nowMs);
    // One that only has to go on holding for a while counts, too.
    if (!holds && dueAtMs === null) continue;
    const now = conditionsOf(rule.when).map((condition) => {
      const value = valueOf(condition, task, { ...readings, clock: String(nowMs) });
      return `${conditionName(condition.kind, condition.leg)} is ${value === null ? 'not known' : valueText(condition.kind, value)}`;
    });
    refuse(
      pathOfTrigger(rules, place),
      `${triggerText(rule.when)}, which holds already (${now.join(', ')})`,
      'a trigger that does not hold yet, or evenIfTrue: true',
    );
  }
}
