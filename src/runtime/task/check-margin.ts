/**
 * Asks the exchange how much of an order the account's margin allows, before the order is decided: the whole quantity first, then
 * parts of it. It places nothing, so that it may be repeated like a reading.
 */
import type { OrderCheck } from '../../domain/market/pre-check.ts';
import { marginAsked, type MarginFound, type MarginQuestion } from '../../domain/roll/open-first.ts';
import type { EffectHost } from './effect.ts';

/** @throws Retryable | Terminal when the account cannot be asked */
export async function checkMargin(question: MarginQuestion, { account }: EffectHost): Promise<MarginFound> {
  const checks: OrderCheck[] = [];
  for (;;) {
    const found = marginAsked(question, checks);
    if (found.kind !== 'ask') return found;
    const { symbol, side, qty } = found.order;
    checks.push({ symbol, side, qty, answer: await account.preCheck(found.order) });
  }
}
