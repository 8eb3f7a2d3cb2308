/** Takes an account's key and secret out of what the exchange says, whoever quotes them: it does so in its refusals. */
import type { Credentials } from '../../../ports/exchange.ts';

export function withoutSecrets(text: string, credentials: Credentials | null): string {
  if (!credentials) return text;
  const { apiKey, apiSecret } = credentials;
  return text.replaceAll(apiSecret, '<secret>').replaceAll(apiKey, '<api key>');
}
