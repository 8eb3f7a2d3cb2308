/** How every order begins: with nothing executed, behind all that were accepted before. */
import type { EngineContext } from './context.ts';
import type { PaperOrder } from './types.ts';

export function acceptedNow(
  context: EngineContext,
): Pick<
  PaperOrder,
  | 'orderId'
  | 'cancelType'
  | 'rejectReason'
  | 'executedQty'
  | 'executedValue'
  | 'fee'
  | 'closedPnl'
  | 'acceptedAtMs'
  | 'updatedAtMs'
  | 'priority'
> {
  const nowMs = context.nowMs();
  return {
    orderId: context.id('order'),
    cancelType: 'UNKNOWN',
    rejectReason: 'EC_NoError',
    executedQty: '0',
    executedValue: '0',
    fee: '0',
    closedPnl: '0',
    acceptedAtMs: nowMs,
    updatedAtMs: nowMs,
    priority: context.nextSeq(),
  };
}
