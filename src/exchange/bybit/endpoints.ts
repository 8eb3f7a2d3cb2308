/**
 * Where each environment lives, and how far its clock may jump (bybit-v5.md §2.1, §3.19, §4.1). Keys are not shared
 * between them. The paper exchange has no fixed address: whoever starts it passes its URLs.
 */
export interface Endpoints {
  /** Without a path, e.g. `https://api.bybit.com`. */
  readonly restUrl: string;
  /** Host of the public streams, without a path, e.g. `wss://stream.bybit.com`. */
  readonly wsUrl: string;
  /** Host of the private stream when it is another one. */
  readonly privateWsUrl?: string;
  /** A frame further ahead of the clock than this is checked, not believed. */
  readonly clockJumpMaxMs?: number;
}

const clockJumpMaxMs = 5_000;

export const endpoints = {
  live: { restUrl: 'https://api.bybit.com', wsUrl: 'wss://stream.bybit.com', clockJumpMaxMs },
  testnet: {
    restUrl: 'https://api-testnet.bybit.com',
    wsUrl: 'wss://stream-testnet.bybit.com',
    clockJumpMaxMs,
  },
  /** Demo trading has no public streams of its own: prices are the live ones. */
  demo: {
    restUrl: 'https://api-demo.bybit.com',
    wsUrl: 'wss://stream.bybit.com',
    privateWsUrl: 'wss://stream-demo.bybit.com',
    clockJumpMaxMs,
  },
  paper: (urls: { readonly restUrl: string; readonly wsUrl: string }): Endpoints => ({
    restUrl: urls.restUrl,
    wsUrl: urls.wsUrl,
  }),
} satisfies Record<string, Endpoints | ((urls: { restUrl: string; wsUrl: string }) => Endpoints)>;
