/** What an API key looks like where a person types one. */
import type { Mode } from '../../config.ts';
import { BadInput } from '../../domain/errors.ts';

/** @throws BadInput when there is none, or it cannot be one */
export function assertApiKey(apiKey: string | undefined, mode: Mode): asserts apiKey is string {
  if (apiKey !== undefined && /^[\x21-\x7e]{4,128}$/.test(apiKey)) return;
  const found = apiKey === undefined ? 'nothing' : JSON.stringify(apiKey);
  throw new BadInput('The account needs its API key', [
    { path: '--api-key', found, expected: `the key of the account at Bybit (${mode})` },
  ]);
}
