/** What the exchange may answer on a walk: how an order ended, and a delivery. */
import type { Settlement } from '../../src/domain/market/order.ts';
import type { OrderOutcome } from '../../src/domain/orders/order-progress.ts';
import { nowMs } from '../unit/domain/samples.ts';
import { call24 } from './leg2-fixture.ts';

export const expiryMs = Date.UTC(2023, 2, 31, 8);

export const outcome = (executedQty: string, changes: Partial<OrderOutcome> = {}): OrderOutcome => ({
  linkId: 'x',
  symbol: call24,
  result: executedQty === '0' ? 'unfilled' : 'partial',
  executedQty,
  value: '100',
  fee: '0.1',
  cause: { code: 'deadlinePassed', figures: {} },
  before: [],
  refusal: null,
  atMs: nowMs,
  ...changes,
});

export const settlement: Settlement = {
  symbol: call24,
  side: 'Sell',
  qty: '0.3',
  deliveryPrice: '23500',
  fee: '0',
  atMs: expiryMs,
};
