/** The frame that logs a connection in: the same for an account's events and for its orders (Bybit docs: v5/ws/connect). */
import type { Credentials } from '../../../ports/exchange.ts';
import { streamSignature } from '../rest/signature.ts';
import type { ExchangeClock } from '../time/exchange-clock.ts';

const validMs = 10_000;

export function loginFrame({ apiKey, apiSecret }: Credentials, clock: ExchangeClock): object {
  const expiresMs = clock.estimatedMs() + validMs;
  return { req_id: 'login', op: 'auth', args: [apiKey, expiresMs, streamSignature(apiSecret, expiresMs)] };
}
