/**
 * Asks the exchange which of its users a new API key belongs to. When it does not answer, the account is added all the same,
 * because the daemon asks again before it manages the account.
 */
import { messageOf } from '../../domain/errors.ts';
import type { Credentials } from '../../ports/exchange.ts';
import type { Session } from '../shell/session.ts';

/** @returns the user's id, or null when it is not known */
export async function exchangeUserOf(
  { config, log, out }: Session,
  key: Credentials,
): Promise<string | null> {
  const { ownerOfKey } = await import('../../daemon/open-exchange.ts');
  try {
    return await ownerOfKey(config, log.child({}, { level: 'error' }), key);
  } catch (error) {
    out.say(
      `The exchange could not be asked which user this key belongs to (${messageOf(error)}); ` +
        'the daemon asks again before it manages the account.',
    );
    return null;
  }
}
