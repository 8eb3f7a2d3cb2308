/**
 * Asks the exchange whom a new API key belongs to, for as long as a person waits. When it cannot be asked the account is
 * added all the same: the daemon asks before it manages it.
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
      `The exchange could not be asked whose key this is (${messageOf(error)}); ` +
        'the daemon asks before it manages the account.',
    );
    return null;
  }
}
