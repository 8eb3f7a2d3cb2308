/** A task that another page hands over to be played: it travels with the address, in the history of the browser, and is taken once. */
import { isObject } from '../new-task/task-form.ts';
import type { OrderDraft } from './order-draft.ts';

export interface HandedTask extends Partial<Pick<OrderDraft, 'side' | 'qty'>> {
  readonly yaml: string;
}

/** For `navigate('/backtest', …)`: it is played at once. */
export const handOver = (task: HandedTask): { readonly state: object } => ({ state: task });

/** `null` when the page was opened by itself. Changes nothing: a page may be rendered more than once before it is shown. */
export function handedOver(): HandedTask | null {
  const state = history.state as unknown;
  if (!isObject(state) || typeof state['yaml'] !== 'string') return null;
  const { yaml, side, qty } = state;
  return { yaml, side: side === 'long' ? 'long' : 'short', ...(typeof qty === 'string' && { qty }) };
}

/** From now on a reload opens the page by itself. */
export const forgetHandedOver = (): void => history.replaceState(null, '');
