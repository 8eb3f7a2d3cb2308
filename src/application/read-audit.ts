/** What people did: who, what, when, from where. */
import { BadInput } from '../domain/errors.ts';
import type { RecordedAct } from '../ports/audit.ts';
import { assertRight, auditScopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface AuditQuestion {
  /** Only acts by this user, to this user or to accounts of this user. */
  readonly userName?: string | undefined;
  /** ms since epoch. */
  readonly sinceMs?: number | undefined;
  /** The newest so many, up to 1000. Default: 200. */
  readonly limit?: number | undefined;
}

const limitMax = 1_000;

/**
 * Oldest first. Administrators and the operator read everything; others what they did, and what was done to accounts that
 * they own. Empty for a user that is not known.
 * @throws NotAllowed to nobody; BadInput
 */
export async function readAudit(
  caller: Caller,
  { audit }: Pick<Ports, 'audit'>,
  { userName, sinceMs, limit = 200 }: AuditQuestion = {},
): Promise<readonly RecordedAct[]> {
  assertRight(caller, 'read');
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= limitMax))
    throw new BadInput('So many acts cannot be shown', [
      { path: 'limit', found: String(limit), expected: `a whole number from 1 to ${String(limitMax)}` },
    ]);
  return audit.acts({ userName, sinceMs, limit }, auditScopeOf(caller));
}
