/**
 * When a request may be sent: one rolling window for each account and endpoint, and one for all requests of this address
 * (docs/exchange.md#rate-limits). It owns the numbers; the windows are a little longer than the exchange's, because
 * requests sent apart may arrive together.
 */
import type { LimitStanding } from '../../../ports/system.ts';
import type { LocalTime } from '../time/local-time.ts';
import { RollingWindow } from './rolling-window.ts';

/** The limits that this program keeps; public endpoints have none of their own. */
export const requestLimits = {
  /** Requests per second and account. */
  account: {
    '/v5/order/create': 10,
    '/v5/order/amend': 10,
    '/v5/order/cancel': 10,
    '/v5/order/pre-check': 10,
    '/v5/order/realtime': 50,
    '/v5/order/history': 50,
    '/v5/execution/list': 50,
    '/v5/position/list': 50,
    '/v5/position/trading-stop': 10,
    '/v5/account/wallet-balance': 50,
    '/v5/asset/delivery-record': 10,
    '/v5/user/query-api': 10,
    '/v5/account/info': 50,
    '/v5/account/fee-rate': 5,
  },
  /** 600 requests per 5 s and address, from all accounts together, with some room for other programs. */
  address: { limit: 500, windowMs: 5_100 },
} as const;
export type PrivatePath = keyof typeof requestLimits.account;

/** 500 new connections per 5 min and address (Bybit docs: v5/ws/connect), with room for other programs. */
export const connectionLimits = { limit: 400, windowMs: 300_000 } as const;

const windowMs = 1_100;
const waitersMax = 2_000;

export const addressBudget = (local: LocalTime): RollingWindow =>
  new RollingWindow({ name: 'this address', ...requestLimits.address, waitersMax, local });

export const connectionBudget = (local: LocalTime): RollingWindow =>
  new RollingWindow({ name: 'new connections', ...connectionLimits, waitersMax, local });

export class AccountBudget {
  readonly #windows: Readonly<Record<PrivatePath, RollingWindow>>;

  constructor(local: LocalTime) {
    const window = (name: PrivatePath): RollingWindow =>
      new RollingWindow({ name, limit: requestLimits.account[name], windowMs, waitersMax, local });
    this.#windows = {
      '/v5/order/create': window('/v5/order/create'),
      '/v5/order/amend': window('/v5/order/amend'),
      '/v5/order/cancel': window('/v5/order/cancel'),
      '/v5/order/pre-check': window('/v5/order/pre-check'),
      '/v5/order/realtime': window('/v5/order/realtime'),
      '/v5/order/history': window('/v5/order/history'),
      '/v5/execution/list': window('/v5/execution/list'),
      '/v5/position/list': window('/v5/position/list'),
      '/v5/position/trading-stop': window('/v5/position/trading-stop'),
      '/v5/account/wallet-balance': window('/v5/account/wallet-balance'),
      '/v5/asset/delivery-record': window('/v5/asset/delivery-record'),
      '/v5/user/query-api': window('/v5/user/query-api'),
      '/v5/account/info': window('/v5/account/info'),
      '/v5/account/fee-rate': window('/v5/account/fee-rate'),
    };
  }

  /** Resolves when a request may be sent, with a function to call once it is answered. */
  async take(path: PrivatePath): Promise<() => void> {
    const window = this.#windows[path];
    const takenAtMs = await window.take();
    return () => window.noteAnswered(takenAtMs);
  }

  standing(): readonly LimitStanding[] {
    return Object.entries(this.#windows).map(([limit, { room, waiting }]) => ({ limit, room, waiting }));
  }

  close(): void {
    for (const window of Object.values(this.#windows)) window.close();
  }
}
