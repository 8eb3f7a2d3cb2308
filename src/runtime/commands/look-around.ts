/** Looks at one account: its positions with their marks, and its tasks with what the price router knows. Changes nothing. */
import { messageOf } from '../../domain/errors.ts';
import { lookAtPosition, lookAtTask } from '../../domain/explain/account-look.ts';
import type { Quote } from '../../domain/market/order.ts';
import { holdingsOf } from '../../domain/roll/holdings.ts';
import type { LookReply } from '../../ports/advice.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { MarketData } from '../../ports/market-data.ts';
import type { TaskActor } from '../task/task-actor.ts';
import type { PriceRouter } from '../triggers/price-router.ts';

export interface LookOptions {
  readonly account: Pick<TradingAccount, 'positions'>;
  readonly tasks: readonly TaskActor[];
  readonly prices: Pick<PriceRouter, 'readingsFor'>;
  readonly market: Pick<MarketData, 'quotes'>;
  readonly clock: Clock;
}

/** Of how many options the marks are asked for: more are shown without. */
const quotesMax = 60;

/** Never rejects: what keeps it from looking is the reason of a refusal. */
export async function lookAround({ account, tasks, prices, market, clock }: LookOptions): Promise<LookReply> {
  try {
    const positions = await account.positions();
    const standing = tasks.filter((task) => !task.isOver);
    const managed = standing.flatMap(({ taskId, context }) =>
      holdingsOf(context).map(({ symbol }) => ({ taskId, symbol })),
    );
    const symbols = new Set([...managed, ...positions].map(({ symbol }) => symbol));
    const quotes = await marksOf([...symbols].slice(0, quotesMax), market);
    const nowMs = clock.nowMs();
    return {
      kind: 'look',
      look: {
        atMs: nowMs,
        positions: positions.flatMap(
          (position) => lookAtPosition(position, quotes.get(position.symbol) ?? null, managed) ?? [],
        ),
        tasks: standing.map(({ state, context, workingOrder }) =>
          lookAtTask(
            {
              state,
              context,
              workingOrder,
              readings: { ...prices.readingsFor(context), clock: String(nowMs) },
            },
            quotes,
          ),
        ),
      },
    };
  } catch (error) {
    return { kind: 'refused', reason: messageOf(error) };
  }
}

/** A market that does not answer leaves the marks out. */
async function marksOf(
  symbols: readonly string[],
  market: LookOptions['market'],
): Promise<ReadonlyMap<string, Quote>> {
  if (symbols.length === 0) return new Map();
  const quotes = await market.quotes(symbols).catch(() => []);
  return new Map(quotes.map((quote) => [quote.symbol, quote]));
}
