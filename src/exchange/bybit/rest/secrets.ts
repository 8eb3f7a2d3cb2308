/** Removes an account's key and secret from texts of the exchange, which quotes them in its refusals. */
import type { Credentials } from '../../../ports/exchange.ts';

export function withoutSecrets(text: string, credentials: Credentials | null): string {
  if (!credentials) return text;
  const { apiKey, apiSecret } = credentials;
  return text.replaceAll(apiSecret, '<secret>').replaceAll(apiKey, '<api key>');
}
