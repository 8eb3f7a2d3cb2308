/**
 * Why did it not roll, and what would it do now? Everything a person may want to know of a waiting task at one moment,
 * from one reading of the market. Pure.
 */
import type { HeldOption } from '../market/held-option.ts';
import { legViewsOf, type LegView } from './leg-view.ts';
import { holdingsOf, withFills, type WorkingOrder } from '../roll/holdings.ts';
import { breakEven, cashFlow, openResult, type Ledger } from '../roll/ledger.ts';
import { isZero, sum, type DecimalString } from '../money.ts';
import type { Quote } from '../market/order.ts';
import { isCheckedAlike, type CheckedOrder } from '../market/pre-check.ts';
import type { MarketReading } from '../orders/outcomes.ts';
import { previewedRoll, previewRoll, type Preview, type PreviewedTask } from './preview.ts';
import { distanceOf, valueOf } from '../rules/condition-values.ts';
import { coverOf, type CoverFigures } from '../rules/cover.ts';
import { legName, readingsByLeg } from '../rules/leg-views.ts';
import type { NotedReason } from '../roll/reasons.ts';
import { reasonText } from './reason-text.ts';
import type { RollContext } from '../roll/roll-context.ts';
import { uncheckedForBoth, uncheckedOf } from '../roll/wanted-checks.ts';
import { questionText } from './approval-text.ts';
import { isStanding } from '../roll/question.ts';
import { actionText } from './action-text.ts';
import { conditionName, triggerText, valueText } from './trigger-text.ts';
import { askedFor, askedTerms, termsOfRule } from '../roll/terms.ts';
import type { TradeWish } from '../rules/rule.ts';
import { isStructure, openLegs } from '../rules/structure.ts';
import { heldSinceOf, triggerOf } from '../rules/judging.ts';
import { judge } from '../rules/trigger-judging.ts';
import { conditionsOf, readingsOf, type Condition, type Holder, type Readings } from '../rules/triggers.ts';

export interface ConditionView {
  /** `index above 25500 for 5 s`. */
  readonly text: string;
  readonly kind: Condition['kind'];
  /** Of a structure: the leg or side that it names. */
  readonly leg?: string;
  readonly level: DecimalString;
  /** As it is now, in the unit of `level`; `null` while it is not known. */
  readonly value: DecimalString | null;
  /** What it has still to go; 0 or negative once it is reached. */
  readonly distance: DecimalString | null;
  readonly isReached: boolean;
  /** Since when it goes on holding, when it has to. */
  readonly heldSinceMs: number | null;
  /** `now 25200: 300 to go`. */
  readonly toGo: string;
}

export interface LedgerView {
  readonly ledger: Ledger;
  /** One option outside of rolls; during a roll none, one or two; of a structure so many for each leg. */
  readonly holdings: readonly HeldOption[];
  /** Received less paid less fees since adoption. */
  readonly cashFlow: DecimalString;
  /** Of what is held, at the mark; `null` when nothing is held or a mark is not known. */
  readonly openResult: DecimalString | null;
  /** `null` while not exactly one option is held, and of a structure. */
  readonly breakEven: DecimalString | null;
}

export interface Advice {
  readonly taskId: string;
  readonly state: string;
  readonly atMs: number;
  /** Why it does not roll this very moment. */
  readonly now: string;
  /** In the order in which they are judged. */
  readonly rules: readonly RuleAdvice[];
  /** Why it did not before; newest first. */
  readonly reasons: readonly NotedReason[];
  readonly ledger: LedgerView;
  /** Of a structure. */
  readonly legs?: readonly LegView[];
  /** Of what is short now; `null` where no holding is watched, or nothing is short. */
  readonly cover: CoverFigures | null;
  /** What the answer was worked out with; absent in what an older daemon answers. */
  readonly prices?: SeenPrices;
  /** Of a trade that was asked about; `null` when none was, or it cannot be done now. */
  readonly asked: Preview | null;
}

/** Of the underlying, and of every option that is held or would be opened. */
export interface SeenPrices {
  /** `null` when it is not known. */
  readonly index: DecimalString | null;
  readonly options: readonly {
    readonly symbol: string;
    readonly mark: DecimalString;
    /** The mark's, a fraction per year; `null` when the exchange does not say. */
    readonly volatility: DecimalString | null;
  }[];
}

/** What a rule would do, and how far it is from that. */
export interface RuleAdvice {
  readonly name: string;
  /** `roll to +1000`, `close`, `alert`. */
  readonly does: string;
  /** Whether its whole trigger holds at this moment. */
  readonly triggerHolds: boolean;
  /** It rests after a try until then; `null` when it does not. */
  readonly restsUntilMs: number | null;
  readonly rollsDone: number;
  readonly conditions: readonly ConditionView[];
  /** `null` while a roll is under way, when the task is over, and for a rule that only alerts. */
  readonly preview: Preview | null;
}

export interface AdvisedTask {
  readonly state: string;
  readonly context: RollContext;
  /** Its order that is being worked. */
  readonly workingOrder: WorkingOrder | null;
  /** A trade that a person asks about. */
  readonly trade?: TradeWish | undefined;
}

/** @param underlying what is known besides what is in the reading: of the underlying, and which ranks */
export function advise(
  { state, context, workingOrder, trade }: AdvisedTask,
  { reading, underlying }: { readonly reading: MarketReading; readonly underlying: Readings },
  nowMs: number,
): Advice {
  const { taskId, reasons, rules } = context;
  const quoteOf = (symbol: string): Quote | null =>
    reading.chain.find(({ instrument }) => instrument.symbol === symbol)?.quote ?? null;
  const markOf = (symbol: string): DecimalString | null => quoteOf(symbol)?.mark ?? null;
  const ofLegs = readingsByLeg(context, (leg) => {
    const quote = quoteOf(leg.symbol);
    return quote && { ...underlying.legs?.[legName(leg)], ...readingsOf(quote) };
  });
  const readings = { ...underlying, ...ofLegs, clock: String(nowMs) };
  const ledger = ledgerView(context, workingOrder, markOf);
  const legs = legViewsOf(context, ledger.holdings);
  const ofRules = rules.map((_, place) => ruleAdvice({ context, place }, { reading, readings, nowMs }));
  const asked = trade ? previewOfAsked(context, trade, { reading, readings, nowMs }) : null;
  const symbols = [
    ...ledger.holdings.map(({ symbol }) => symbol),
    ...[...ofRules.map(({ preview }) => preview), asked].flatMap((preview) => openedBy(preview)),
  ];
  const quotes = [...new Set(symbols)].flatMap((symbol) => quoteOf(symbol) ?? []);
  return {
    taskId,
    state,
    atMs: nowMs,
    reasons,
    now: nowText(state, context),
    rules: ofRules,
    ledger,
    ...(legs && { legs }),
    cover: reading.holding ? coverOf(openLegs(context), reading.holding) : null,
    prices: { index: underlying.index ?? quotes[0]?.index ?? null, options: quotes.map(seenOption) },
    asked,
  };
}

const openedBy = (preview: Preview | null): readonly string[] =>
  (preview?.legs ?? []).filter(({ leg }) => leg === 'open').map(({ symbol }) => symbol);

const seenOption = ({ symbol, mark, greeks }: Quote): SeenPrices['options'][number] => ({
  symbol,
  mark,
  volatility: greeks?.volatility ?? null,
});

function previewOfAsked(context: RollContext, trade: TradeWish, { reading, nowMs }: Moment): Preview | null {
  const previewed = askedIn(context, trade);
  return previewed && previewRoll(previewed, reading, nowMs);
}

function askedIn(context: RollContext, trade: TradeWish): PreviewedTask | null {
  const { spec, rules } = context;
  const asked = askedFor(spec.rules, trade);
  if (asked === null || !isHeld(context)) return null;
  return { ...context, terms: askedTerms(spec, asked), trigger: triggerOf(rules) };
}

function ruleIn(context: RollContext, place: number): PreviewedTask | null {
  const terms = termsOfRule(context.spec, place);
  const trigger = context.rules[place]?.trigger;
  return isHeld(context) && terms && trigger ? { ...context, terms, trigger } : null;
}

const isHeld = ({ roll, held }: RollContext): boolean => roll === null && !isZero(held.qty);

/** Orders of which the exchange was not asked yet, and which the previews would open. */
export function checksForAdvice(
  { context, trade }: Pick<AdvisedTask, 'context' | 'trade'>,
  reading: MarketReading,
  nowMs: number,
): readonly CheckedOrder[] {
  const previewed = [
    ...context.rules.map((_, place) => ruleIn(context, place)),
    trade ? askedIn(context, trade) : null,
  ].filter((task) => task !== null);
  return previewed
    .map((task) => previewedRoll(task, reading, nowMs))
    .flatMap((task) => [...uncheckedOf([task], reading, nowMs), ...uncheckedForBoth(task, reading, nowMs)])
    .filter((order, at, all) => all.findIndex((other) => isCheckedAlike(order, other)) === at);
}

interface Moment {
  readonly reading: MarketReading;
  readonly readings: Readings;
  readonly nowMs: number;
}

function ruleAdvice(
  { context, place }: { readonly context: RollContext; readonly place: number },
  { reading, readings, nowMs }: Moment,
): RuleAdvice {
  const { spec, rules } = context;
  const [rule, state] = [spec.rules[place], rules[place]];
  if (rule === undefined || state === undefined) throw new Error(`the task has no rule ${place}`);
  const { trigger, restsUntilMs, rollsDone } = state;
  const heldSince = heldSinceOf(context, place);
  const previewed = ruleIn(context, place);
  return {
    name: rule.name,
    does: actionText(rule.then),
    triggerHolds: judge({ ...context, trigger, heldSince }, readings, nowMs).holds,
    restsUntilMs: restsUntilMs > nowMs ? restsUntilMs : null,
    rollsDone,
    conditions: conditionsOf(trigger).map((condition, at) =>
      conditionView(condition, { holder: context, readings, heldSinceMs: heldSince[at] ?? null }),
    ),
    preview: previewed && previewRoll(previewed, reading, nowMs),
  };
}

/** The condition as it stands now. @param now `readings` with `clock` in them */
export function conditionView(
  condition: Condition,
  now: { readonly holder: Holder; readonly readings: Readings; readonly heldSinceMs: number | null },
): ConditionView {
  const { holder, readings, heldSinceMs } = now;
  const value = valueOf(condition, holder, readings);
  const distance = value === null ? null : distanceOf(condition, value);
  const { kind, leg, level } = condition;
  const isReached = distance !== null && !(Number(distance) > 0);
  const text = triggerText(condition);
  const found = { kind, ...(leg !== undefined && { leg }), value, distance, isReached };
  return { text, ...found, level, heldSinceMs, toGo: distanceText(found) };
}

/** What a condition lacks, for people. */
export function distanceText({
  kind,
  leg,
  value,
  distance,
  isReached,
}: Pick<ConditionView, 'kind' | 'leg' | 'value' | 'distance' | 'isReached'>): string {
  if (value === null || distance === null) return `${conditionName(kind, leg)} is not known now`;
  if (kind === 'every') return isReached ? 'its hour is now' : `in ${valueText(kind, value)}`;
  const now = `now ${valueText(kind, value)}`;
  return isReached ? `${now}: reached` : `${now}: ${valueText(kind, distance)} to go`;
}

/** @param markOf an option's mark price; `null` when it is not known */
export function ledgerView(
  task: Pick<RollContext, 'held' | 'others' | 'roll' | 'plan' | 'ledger'>,
  workingOrder: WorkingOrder | null,
  markOf: (symbol: string) => DecimalString | null = () => null,
): LedgerView {
  const known = withFills(task, workingOrder);
  const { ledger } = known;
  const holdings = holdingsOf(known);
  const results = holdings.flatMap((option) => {
    const mark = markOf(option.symbol);
    return mark === null ? [] : [openResult(option, mark)];
  });
  const [only, ...others] = holdings;
  return {
    ledger,
    holdings,
    cashFlow: cashFlow(ledger),
    openResult: only && results.length === holdings.length ? sum(results) : null,
    breakEven: only && others.length === 0 && !isStructure(task) ? breakEven(ledger, only) : null,
  };
}

/** One sentence about where the task stands. */
export function nowText(state: string, { rules, wakeAtMs, reasons, question }: RollContext): string {
  const [last] = reasons;
  if (isStanding(question)) return `waits for an answer: ${questionText(question)}`;
  const words = triggerText(triggerOf(rules));
  switch (state) {
    case 'IDLE.watching':
      return rules.length === 1 ? `waiting: ${words} does not hold` : 'waiting: none of its rules is due';
    case 'IDLE.confirming':
      return `${words} holds, and counts if it does until ${timeOf(wakeAtMs)}`;
    case 'IDLE.coolingDown':
      return `cooling down until ${timeOf(wakeAtMs)}`;
    case 'IDLE.settling':
    case 'IDLE.awaitingSettlement':
      return 'the option has expired: waiting for its delivery to be on record';
    case 'ROLL_INITIATED.halted':
      return 'trading is halted: nothing is missing of the position, and the rest is rolled once it is resumed';
    case 'ROLL_INITIATED.openingLeg2':
      return 'a roll is under way: it opens the new option first';
    case 'LEG1_CLOSING.planning':
    case 'LEG1_CLOSING.closing':
    case 'LEG1_CLOSING.backingOff':
      return 'a roll is under way: the new option is open, and the old one is not closed yet';
    case 'PAUSED':
      return 'paused by its owner';
    case 'FAILED':
      return `needs a person: ${last ? reasonText(last) : 'see task show'}`;
    case 'COMPLETED':
      return 'the task is over';
    default:
      return 'a roll is under way';
  }
}

const timeOf = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
