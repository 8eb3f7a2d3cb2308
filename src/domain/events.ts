/** The events that reach the machines and what they say back. Every event is stamped, because machines read no clock. */
import type { Alert } from './alert.ts';
import type { Fill, OrderReport } from './order.ts';
import type { Stamp } from './outcomes.ts';

export type OrderEvent =
  | ({ type: 'ORDER_REPORTED'; report: OrderReport } & Stamp)
  | ({ type: 'FILL_REPORTED'; fill: Fill } & Stamp)
  | ({ type: 'RECONNECTED' } & Stamp);

/** Sent to the task, again and again, while an order's fate stays unknown or it outlives its cancellation. */
export interface OrderUnresolved {
  readonly type: 'ORDER_UNRESOLVED';
  readonly linkId: string;
  readonly symbol: string;
  readonly forMs: number;
  /** What is known of it. */
  readonly trouble: string;
}

type Asked = { readonly commandId: string } & Stamp;

export type RollEvent =
  | ({ type: 'PRICE'; price: string } & Stamp)
  /** No fresh prices any more: whether the trigger went on holding is not known. */
  | ({ type: 'PRICES_STALE' } & Stamp)
  | ({ type: 'PAUSE' } & Asked)
  | ({ type: 'RESUME' } & Asked)
  | ({ type: 'RETRY' } & Asked)
  | ({ type: 'REOPEN' } & Asked)
  | ({ type: 'ACCEPT_FLAT' } & Asked)
  /** A reminder may be due that something is closed and not opened again. */
  | ({ type: 'REMINDED' } & Stamp)
  | OrderUnresolved;

export type RollEmitted =
  | ({ type: 'alert' } & Alert)
  | { type: 'answer'; commandId: string; status: 'done' | 'refused'; text: string };
