/**
 * The two signatures of Bybit V5: what string is signed, and how (docs/exchange.md#requests). It owns nothing else; the
 * REST library builds its own string and only borrows the hash, which here is synchronous and fast.
 */
import { createHmac } from 'node:crypto';

/** Lowercase hex HMAC-SHA256. */
export const hmacHex = (secret: string, message: string): string =>
  createHmac('sha256', secret).update(message).digest('hex');

/** The signature of a websocket log-in; `expiresMs` is exchange time in the future (Bybit docs: v5/ws/connect). */
export const streamSignature = (secret: string, expiresMs: number): string =>
  hmacHex(secret, `GET/realtime${expiresMs}`);
