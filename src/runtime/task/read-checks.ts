/**
 * Asks the exchange what it would say of the orders that a plan would open, and adds the answers to the reading that the plan is
 * made on: whatever is decided by them replays.
 */
import type { CheckedOrder, OrderCheck, PreCheck } from '../../domain/market/pre-check.ts';
import type { MarketReading } from '../../domain/orders/outcomes.ts';
import type { TradingAccount } from '../../ports/exchange.ts';

interface Asking {
  readonly account: Pick<TradingAccount, 'preCheck'>;
  /** How long ago the exchange may have been asked, ms; 0: it is asked now. */
  readonly ageMaxMs: number;
}

/** A refusal may lead to the next rule of the task, whose order is asked about then. */
const roundsMax = 4;

/**
 * @param wanted what a plan on the reading would open and is not answered in it
 * @throws Retryable | Terminal when the exchange does not answer
 */
export async function readChecks(
  reading: MarketReading,
  { account, ageMaxMs }: Asking,
  wanted: (reading: MarketReading) => readonly CheckedOrder[],
): Promise<MarketReading> {
  let read = reading;
  for (let round = 0; round < roundsMax; round += 1) {
    const orders = wanted(read);
    if (orders.length === 0) break;
    const answers = await Promise.all(
      orders.map(async (order) => checkOf(order, await account.preCheck(order, ageMaxMs))),
    );
    read = { ...read, checks: [...(read.checks ?? []), ...answers] };
  }
  return read;
}

const checkOf = ({ symbol, side, qty }: CheckedOrder, answer: PreCheck): OrderCheck => ({
  symbol,
  side,
  qty,
  answer,
});
