/**
 * The exchange's user that an API key belongs to (Bybit docs: v5/user/apikey-info): several keys of one user trade the
 * same positions, and a sub-account is a user of its own.
 */
import { z } from 'zod';
import { Terminal } from '../../../domain/errors.ts';
import type { RestChannel } from './rest.ts';

const keyInfo = z.object({ userID: z.union([z.string(), z.number()]).optional() });

/**
 * @returns the user's id; null when this exchange does not say
 * @throws Retryable, or Terminal (scope `account`) when the key is not accepted
 */
export async function ownerOfKey(rest: RestChannel): Promise<string | null> {
  try {
    const request = { subject: 'read whose API key it is', path: '/v5/user/query-api', params: {} } as const;
    const { result } = await rest.read(request, keyInfo);
    return ownerIn(result.userID);
  } catch (error) {
    if (error instanceof Terminal && error.scope !== 'account') return null;
    throw error;
  }
}

/** The user's id in an answer; null when it is no id. */
export function ownerIn(userID: string | number | undefined): string | null {
  const userId = String(userID ?? '');
  return /^[1-9]\d{0,30}$/.test(userId) ? userId : null;
}
