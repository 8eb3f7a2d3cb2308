/**
 * Asks the exchange what it would say of the orders that a plan would open, and adds the answers to the reading that the plan is
 * made on: whatever is decided by them replays.
 */
import type { CheckedOrder, OrderCheck } from '../../domain/market/pre-check.ts';
import type { MarketReading } from '../../domain/orders/outcomes.ts';
import type { TradingAccount } from '../../ports/exchange.ts';

/** A refusal may lead to the next rule of the task, whose order is asked about then. */
const roundsMax = 4;

/**
 * @param wanted what a plan on the reading would open and is not answered in it
 * @throws Retryable | Terminal when the exchange does not answer
 */
export async function readChecks(
  reading: MarketReading,
  account: Pick<TradingAccount, 'preCheck'>,
  wanted: (reading: MarketReading) => readonly CheckedOrder[],
): Promise<MarketReading> {
  let read = reading;
  for (let round = 0; round < roundsMax; round += 1) {
    const orders = wanted(read);
    if (orders.length === 0) break;
    const answers = await Promise.all(orders.map((order) => checkOf(order, account)));
    read = { ...read, checks: [...(read.checks ?? []), ...answers] };
  }
  return read;
}

async function checkOf(order: CheckedOrder, account: Pick<TradingAccount, 'preCheck'>): Promise<OrderCheck> {
  const { symbol, side, qty } = order;
  return { symbol, side, qty, answer: await account.preCheck(order) };
}
