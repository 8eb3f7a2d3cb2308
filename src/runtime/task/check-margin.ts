/**
 * Asks the exchange how much of an order the account's margin allows, before the order is decided: the whole quantity first, then
 * parts of it. It places nothing, so that it may be repeated like a reading.
 */
import {
  areBearable,
  quantitiesToAsk,
  type MarginFound,
  type MarginQuestion,
  type NoMargin,
} from '../../domain/roll/open-first.ts';
import type { EffectHost } from './effect.ts';

/** @throws Retryable | Terminal when the account cannot be asked */
export async function checkMargin(question: MarginQuestion, { account }: EffectHost): Promise<MarginFound> {
  const { order, maintenanceMax } = question;
  let last: NoMargin | null = null;
  for (const qty of quantitiesToAsk(question)) {
    const answer = await account.preCheck({ ...order, qty });
    if (answer.kind === 'notOffered') return answer;
    const { initialRateAfter: initialRate, maintenanceRateAfter: maintenanceRate } = answer;
    const rates = { initialRate, maintenanceRate };
    if (answer.kind === 'refused') {
      const { words, exchangeCode } = answer;
      last = { qty, rates, cause: { code: 'said', figures: { words, exchangeCode } } };
      // A smaller order would be refused as well.
      if (answer.scope !== 'margin') break;
    } else if (areBearable(rates, maintenanceMax)) return { kind: 'fits', qty };
    else last = { qty, rates, cause: null };
  }
  if (last === null) throw new Error(`no quantity of ${order.symbol} could be asked for`);
  return { kind: 'tooMuch', ...last };
}
