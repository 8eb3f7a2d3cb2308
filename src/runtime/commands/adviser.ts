/**
 * Advises what a task would do now and why it did not roll before: reads the market as leg 2 would, and changes
 * nothing. For a position that is not managed yet the advice is about the spec.
 */
import { messageOf } from '../../domain/errors.ts';
import { advise, checksForAdvice, type Advice, type AdvisedTask } from '../../domain/explain/advice.ts';
import { appliedFees, type FeeRates } from '../../domain/market/fee-rates.ts';
import { pricingOf } from '../../domain/market/unit-costs.ts';
import { isOfSameFamily } from '../../domain/market/exchange-rules.ts';
import type { AccountStanding } from '../../domain/rules/account-limits.ts';
import type { MarketReading } from '../../domain/orders/outcomes.ts';
import { triggerOf } from '../../domain/rules/judging.ts';
import { legsOf } from '../../domain/rules/structure.ts';
import { previewQuestion } from '../../domain/roll/planning.ts';
import { firstRollContext } from '../../domain/roll/roll-context.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { AdviceQuestion, AdviceReply } from '../../ports/advice.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { fitToAccount } from '../positions/adopt-position.ts';
import {
  readCalendar,
  readChain,
  readHolding,
  readStops,
  type ProvidedRollMachine,
} from '../task/effects.ts';
import { readChecks } from '../task/read-checks.ts';
import { firstSnapshot } from '../task/first-snapshot.ts';
import type { TaskActor } from '../task/task-actor.ts';
import { readVolatilities } from '../triggers/volatility-watch.ts';
import type { PriceHealth } from '../triggers/price-health.ts';

export interface AdviserOptions {
  readonly question: AdviceQuestion;
  readonly account: TradingAccount;
  /** `undefined` when this daemon has no such task. */
  readonly task: TaskActor | undefined;
  /** The version that a new task would begin with. */
  readonly machine: ProvidedRollMachine;
  readonly market: MarketData;
  readonly prices: Pick<PriceHealth, 'whyBlind' | 'rankFor'>;
  readonly clock: Clock;
  readonly calendar?: EventCalendarReader | undefined;
  /** What limits an account at a moment. Default: nothing ever. */
  readonly standingOf?: ((accountId: string, atMs: number) => AccountStanding | null) | undefined;
  /** The account's own fee rates for a base coin. Default: they are not known. */
  readonly feesOf?: (baseCoin: string) => FeeRates | null;
}

/** Never rejects: what keeps the question from being answered is the reason of a refusal. */
export async function replyTo(options: AdviserOptions): Promise<AdviceReply> {
  try {
    return { kind: 'advice', advice: await adviseOn(options) };
  } catch (error) {
    return { kind: 'refused', reason: messageOf(error) };
  }
}

/** @throws BadInput when a spec does not fit; Retryable | Terminal when the market or the account cannot be read */
async function adviseOn(options: AdviserOptions): Promise<Advice> {
  const { question, account, task, market, prices, clock, calendar } = options;
  const { taskId, spec } = question;
  if (!task && spec === null) throw new Error(`task ${taskId} is over, or not managed here`);
  const { state, context, workingOrder } = task ?? (await newTask(options));
  const { held } = context;
  const askedAtMs = clock.nowMs();
  const asked = previewQuestion(context);
  const own = options.feesOf?.(held.baseCoin) ?? null;
  const rules = pricingOf(market.rules, { own, mayRest: true });
  const [chain, positions, margin, underlying, volatilities, holding, stops] = await Promise.all([
    readChain(asked, market, { nowMs: askedAtMs, rules }),
    account.positions(),
    account.margin(),
    market.underlying(held.baseCoin),
    readVolatilities(triggerOf(context.rules), held.baseCoin, market),
    readHolding(asked, account),
    readStops(context, account),
  ]);
  const standing = options.standingOf?.(question.accountId, clock.nowMs()) ?? null;
  const reading: MarketReading = {
    askedAtMs,
    chain,
    positions: positions.filter(({ symbol }) =>
      legsOf(context).some((leg) => isOfSameFamily(symbol, leg, market.rules)),
    ),
    margin,
    ...readCalendar(asked, calendar, askedAtMs),
    ...holding,
    ...stops,
    ...(standing && { account: standing }),
    fees: appliedFees(own, market.rules.fees),
  };
  const advised = { state, context, workingOrder, trade: question.trade };
  const checked = await readChecks(reading, { account, ageMaxMs: 0 }, (read) =>
    checksForAdvice(advised, read, clock.nowMs()),
  );
  const advice = advise(
    advised,
    { reading: checked, underlying: { ...underlying, ...volatilities, ...prices.rankFor(context) } },
    clock.nowMs(),
  );
  const blind = task?.hasTag('idle') === true ? prices.whyBlind(context) : null;
  return blind === null ? advice : { ...advice, now: `${advice.now}; ${blind}` };
}

/**
 * The task that the spec would make of the position, in its first state.
 * @throws BadInput when the spec does not fit
 */
async function newTask(options: AdviserOptions): Promise<AdvisedTask> {
  const { question, account, market, machine, calendar, clock } = options;
  const { taskId, spec } = question;
  const nowMs = clock.nowMs();
  const input = await fitToAccount({ taskId, spec, account, market, calendar, nowMs, takenPositions: [] });
  const { state } = firstSnapshot(machine, input);
  return { state, workingOrder: null, context: firstRollContext(input) };
}
