/**
 * Makes a task of a position: compares the spec with what the account holds and what is listed. A refusal names the
 * value and what would be right. The caller stores the task.
 */
import { reasonText } from '../../domain/explain/reason-text.ts';
import { BadInput } from '../../domain/errors.ts';
import { compare, multiply, subtract, sum } from '../../domain/money.ts';
import { optionOf, type Option } from '../../domain/market/option.ts';
import type { Instrument, Position } from '../../domain/market/order.ts';
import type { HeldOption, HeldPosition } from '../../domain/market/held-option.ts';
import type { RollInput } from '../../domain/roll/roll-context.ts';
import { quantityProblem } from '../../domain/orders/tradability.ts';
import { dayMs } from '../../domain/units.ts';
import { parseTaskSpec, type TaskSpec } from '../../domain/spec/task-spec.ts';
import { clockForm, momentForm } from '../../domain/spec/clock-form.ts';
import { rulesText } from '../../domain/explain/answer-text.ts';
import { standingsOf } from '../../domain/roll/edit-alerts.ts';
import { triggerOf } from '../../domain/rules/judging.ts';
import { asksForEvents, isAlertRule, type Rule } from '../../domain/rules/rule.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { conditionName, triggerText, valueText } from '../../domain/explain/trigger-text.ts';
import { valueOf } from '../../domain/rules/condition-values.ts';
import { judge } from '../../domain/rules/trigger-judging.ts';
import { conditionsOf, fieldsOf, isOptionField, readingsOf, watchOf } from '../../domain/rules/triggers.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Command } from '../../ports/inbox.ts';
import type { NewTask } from '../../ports/journal.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { ProvidedRollMachine } from '../task/effects.ts';
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
}

/**
 * The new task with its first journal row and the answer to the command, not stored yet.
 * @throws BadInput when the spec does not fit the account or the listing, or its trigger holds already
 * @throws Retryable | Terminal when the account or the market cannot be read
 */
export async function adoptPosition(options: AdoptionOptions): Promise<NewTask> {
  const { command, machine, market, nowMs } = options;
  const { taskId, payload } = command;
  const input = await fitToAccount({ ...options, taskId, spec: payload });
  const { spec, held } = input;
  if (!spec.evenIfTrue) await refuseIfTrue(spec, held, { market, nowMs });
  const text = `adopted ${held.side} ${held.qty} ${held.symbol}; ${rulesText(standingsOf(spec))}`;
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

/**
 * Reads the spec and the position that it names, as the account holds it and the exchange lists it.
 * @throws BadInput when they do not fit; Retryable | Terminal when the account or the market cannot be read
 */
export async function fitToAccount(options: FitOptions): Promise<RollInput> {
  const { taskId, account, market, takenPositions, calendar, nowMs, moverOf = () => null } = options;
  const spec = parseTaskSpec(options.spec, market.rules);
  refuseDelivered(spec.symbol, market.rules, nowMs);
  if (calendar === undefined) refuseEvents(spec);
  const family = market.rules.readSymbol(spec.symbol);
  const [position, listed, [quote]] = await Promise.all([
    account.position(spec.symbol),
    family ? market.listed(family) : [],
    family ? market.quotes([spec.symbol]) : [],
  ]);
  const mover = moverOf(spec.symbol);
  if (mover !== null)
    refuse(
      'symbol',
      spec.symbol,
      `an option that nothing moves: task ${mover} rolls into or out of it, or did a moment ago; try again in 10 seconds`,
    );
  if (position.side === null) refuseNotHeld(spec.symbol, await account.positions());
  const instrument = listedOption(spec.symbol, listed);
  const taken = heldOption(spec, position, { takenPositions, option: instrument });
  const held = quote ? { ...taken, indexAtOpening: quote.index } : taken;
  const problem = quantityProblem(instrument, held.qty);
  if (problem) refuse('qty', held.qty, `a quantity the exchange takes: ${reasonText(problem)}`);
  refuseLateHour(spec, held);
  return { taskId, spec, held };
}

/** Refuses a spec. @param path of the value in the spec @throws BadInput always */
export const refuse = (path: string, found: string, expected: string): never => {
  throw new BadInput('The task does not fit the account', [{ path, found, expected }]);
};

/** How many of the account's options a refusal names. */
const namedMax = 5;

/** @param positions of the account: a name that is nearly right is most likely one of them @throws BadInput always */
function refuseNotHeld(symbol: string, positions: readonly Position[]): never {
  const symbols = positions.filter(({ side }) => side !== null).map((position) => position.symbol);
  const named = symbols.slice(0, namedMax).join(', ');
  const more = symbols.length > namedMax ? ` and ${symbols.length - namedMax} more` : '';
  const held = named === '' ? '' : `: ${named}${more}`;
  return refuse('symbol', `no position in ${symbol}`, `an option that the account holds${held}`);
}

/** Refuses an option that has expired: it is held and listed no more. @throws BadInput */
function refuseDelivered(symbol: string, { namedDeliveryMs }: SymbolRules, nowMs: number): void {
  const deliveryMs = namedDeliveryMs(symbol);
  if (deliveryMs === null || nowMs < deliveryMs) return;
  const when = `${momentForm(deliveryMs)} UTC`;
  refuse('symbol', `${symbol}, which was delivered on ${when}`, 'an option that has not expired');
}

/** Refuses a task that would never trade, because nobody can tell it of events. @throws BadInput */
function refuseEvents({ rules }: TaskSpec): void {
  if (!asksForEvents(rules)) return;
  const expected =
    'dated times: the daemon of this account has no calendar of events, which BLACKOUTS in its environment names';
  refuse('guards.notDuring', 'events', expected);
}

function heldOption(
  spec: TaskSpec,
  position: Position,
  { takenPositions, option }: Pick<AdoptionOptions, 'takenPositions'> & { readonly option: Option },
): HeldOption {
  const { symbol } = spec;
  if (position.side === null) return refuseNotHeld(symbol, []);
  const taken = takenPositions.filter((one) => one.symbol === symbol);
  const freeQty = subtract(position.qty, sum(taken.map(({ qty }) => qty)));
  const qty = spec.qty === 'all' ? freeQty : spec.qty;
  if (compare(freeQty, '0') <= 0)
    return refuse(
      'symbol',
      `${position.side} ${position.qty} ${symbol}, ${allTakenText(taken)}`,
      'a position that no task has yet, or that one has only in part',
    );
  if (compare(qty, freeQty) > 0) {
    const ofWhich = taken.length === 0 ? '' : `, of which ${takenText(taken)}`;
    return refuse(
      'qty',
      qty,
      `at most ${freeQty}: the account holds ${position.side} ${position.qty}${ofWhich}`,
    );
  }
  const premium = multiply(position.averagePrice, qty);
  return { ...optionOf(option), side: position.side, qty, premium };
}

/** `all of which task k7m2p9qx4d manages`; with several tasks what each of them does. */
function allTakenText(taken: readonly TakenPosition[]): string {
  const [only, ...others] = taken;
  return only && others.length === 0
    ? `all of which task ${only.taskId} manages`
    : `all of which is managed: ${takenText(taken)}`;
}

const takenText = (taken: readonly TakenPosition[]): string =>
  taken.map(({ taskId, qty }) => `task ${taskId} manages ${qty}`).join(', ');

function listedOption(symbol: string, listed: readonly Instrument[]): Instrument {
  const instrument = listed.find((each) => each.symbol === symbol);
  if (!instrument) return refuse('symbol', symbol, 'an option listed on the exchange');
  const { status } = instrument;
  if (status !== 'Trading') refuse('symbol', `${symbol}, which is ${status}`, 'an option that is trading');
  return instrument;
}

/** Refuses an hour of the expiry day that comes after the delivery: it would never come. @throws BadInput */
function refuseLateHour({ rules }: TaskSpec, held: HeldOption): void {
  for (const [place, { when }] of rules.entries())
    for (const condition of conditionsOf(when)) {
      if (condition.kind !== 'expiryDay' || Number(watchOf(condition, { held }, 0).level) < held.expiryMs)
        continue;
      const delivered = `${clockForm(held.expiryMs % dayMs)} UTC, when ${held.symbol} is delivered`;
      const path = `${pathOfTrigger(rules, place)}.expiryDay.after`;
      refuse(path, clockForm(Number(condition.level)), `an hour before ${delivered}`);
    }
}

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
  held: HeldOption,
  { market, nowMs, mayHold = () => false }: Pick<AdoptionOptions, 'market' | 'nowMs'> & TriggersThatMayHold,
): Promise<void> {
  const trigger = triggerOf(rules.map(({ when }) => ({ trigger: when })));
  const fields = fieldsOf(trigger);
  const [underlying, volatilities, quotes] = await Promise.all([
    market.underlying(held.baseCoin),
    readVolatilities(trigger, held.baseCoin, market),
    fields.some(isOptionField) ? market.quotes([held.symbol]) : [],
  ]);
  const readings = { ...underlying, ...volatilities, ...(quotes[0] && readingsOf(quotes[0])) };
  for (const [place, rule] of rules.entries()) {
    if (isAlertRule(rule) || mayHold(rule)) continue;
    const { holds, dueAtMs } = judge({ trigger: rule.when, held, heldSince: {} }, readings, nowMs);
    // One that only has to go on holding for a while counts, too.
    if (!holds && dueAtMs === null) continue;
    const now = conditionsOf(rule.when).map((condition) => {
      const value = valueOf(condition, { held }, { ...readings, clock: String(nowMs) });
      return `${conditionName(condition.kind, condition.leg)} is ${value === null ? 'not known' : valueText(condition.kind, value)}`;
    });
    refuse(
      pathOfTrigger(rules, place),
      `${triggerText(rule.when)}, which holds already (${now.join(', ')})`,
      'a trigger that does not hold yet, or evenIfTrue: true',
    );
  }
}
