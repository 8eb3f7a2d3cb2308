/**
 * The addresses of each environment, and when its clock is believed (Bybit docs: v5/guide, v5/demo). Keys are not shared
 * between them. The paper exchange has no fixed address: the caller that starts it passes its URLs.
 */
import { todaysClock, type ClockRules } from '../time/clock-claim.ts';

export interface Endpoints {
  /** Without a path, e.g. `https://api.bybit.com`. */
  readonly restUrl: string;
  /** Host of the public streams, without a path, e.g. `wss://stream.bybit.com`. */
  readonly wsUrl: string;
  /** Host of the private stream, when it differs. */
  readonly privateWsUrl?: string;
  /** Host of order entry; absent where the environment has none. */
  readonly ordersWsUrl?: string;
  /** Whether it says of an order beforehand what it would do to the margin. Default: it does. */
  readonly checksOrders?: boolean;
  /** When its clock is believed. Default: the rules of a tape. */
  readonly clockRules?: ClockRules;
}

const clockRules = todaysClock;

export const endpoints = {
  live: {
    restUrl: 'https://api.bybit.com',
    wsUrl: 'wss://stream.bybit.com',
    ordersWsUrl: 'wss://stream.bybit.com',
    clockRules,
  },
  testnet: {
    restUrl: 'https://api-testnet.bybit.com',
    wsUrl: 'wss://stream-testnet.bybit.com',
    ordersWsUrl: 'wss://stream-testnet.bybit.com',
    clockRules,
  },
  /** Demo trading has no public streams of its own, so prices are the live ones; no order entry, and no pre-check. */
  demo: {
    restUrl: 'https://api-demo.bybit.com',
    wsUrl: 'wss://stream.bybit.com',
    privateWsUrl: 'wss://stream-demo.bybit.com',
    checksOrders: false,
    clockRules,
  },
  paper: (urls: { readonly restUrl: string; readonly wsUrl: string }): Endpoints => ({
    restUrl: urls.restUrl,
    wsUrl: urls.wsUrl,
    ordersWsUrl: urls.wsUrl,
  }),
} satisfies Record<string, Endpoints | ((urls: { restUrl: string; wsUrl: string }) => Endpoints)>;
