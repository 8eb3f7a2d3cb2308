/**
 * Answers whoever asks what a task would do now and why it did not before: reads the market as leg 2 would, and changes
 * nothing. For a position that is not in care yet it answers from the spec.
 */
import { advise, type Advice, type AdvisedTask } from '../../domain/explain/advice.ts';
import { isOfSameFamily } from '../../domain/market/exchange-rules.ts';
import type { MarketReading } from '../../domain/orders/outcomes.ts';
import { firstRollContext, leg2Question, type RollContext } from '../../domain/roll/roll-context.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { Command } from '../../ports/inbox.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { fitToAccount } from '../positions/adopt-position.ts';
import { readChain } from '../task/effects.ts';

export interface AdviserOptions {
  /** Its payload is a spec, or `null` for a task in care. */
  readonly command: Command;
  readonly account: TradingAccount | undefined;
  /** Alive here, if it is. */
  readonly task: AdvisedTask | undefined;
  readonly market: MarketData;
  readonly clock: Clock;
  /** Why its trigger cannot fire whatever the market does, or `null`. */
  readonly whyBlind: (context: RollContext) => string | null;
}

/** @throws BadInput when a spec does not fit; Retryable | Terminal when the market or the account cannot be read */
export async function adviseOn(options: AdviserOptions): Promise<Advice> {
  const { command, account, task, market, clock, whyBlind } = options;
  const { accountId, taskId, payload } = command;
  if (!account) throw new Error(`account ${accountId} is not in care here`);
  if (!task && payload === null) throw new Error(`task ${taskId} is over, or in nobody's care here`);
  const { state, context, workingOrder } = task ?? {
    state: 'IDLE.watching',
    workingOrder: null,
    context: firstRollContext(await fitToAccount({ command, account, market, takenPositions: [] })),
  };
  const { held } = context;
  const askedAtMs = clock.nowMs();
  const [chain, positions, margin, underlying] = await Promise.all([
    readChain(leg2Question(context), market, askedAtMs),
    account.positions(),
    account.margin(),
    market.underlying(held.baseCoin),
  ]);
  const reading: MarketReading = {
    askedAtMs,
    chain,
    positions: positions.filter(({ symbol }) => isOfSameFamily(symbol, held, market.rules)),
    margin,
  };
  const advice = advise({ state, context, workingOrder }, reading, underlying, clock.nowMs());
  const blind = task && state.startsWith('IDLE') ? whyBlind(context) : null;
  return blind === null ? advice : { ...advice, now: `${advice.now}; ${blind}` };
}
