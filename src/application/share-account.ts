/** Shares an account with another user, as a trader or a viewer, and ends that. */
import { BadInput } from '../domain/errors.ts';
import { NotFound } from '../domain/request-errors.ts';
import type { SharedRole } from '../ports/directory.ts';
import { actOf, assertRight, assertRole, type Caller } from './caller.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';

export interface WantedShare {
  readonly account: AccountName;
  /** Who sees the account from now on. Whether a user of that name exists is no secret to an owner. */
  readonly withUser: string;
  readonly role: SharedRole;
}

/**
 * The owner and the operator may. A user with whom it is shared already gets the new role.
 * @throws NotFound and Ambiguous as `findAccount`, and for an unknown user; NotAllowed to traders and viewers; BadInput for
 * the owner
 */
export async function shareAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory'>,
  { account, withUser, role }: WantedShare,
): Promise<void> {
  const { accountId, name, role: own, userName } = await findAccount(caller, ports, account);
  assertRole(caller, { role: own, accountName: name }, 'owner');
  if (withUser === userName)
    throw new BadInput('An owner needs no share', [
      { path: 'with', found: JSON.stringify(withUser), expected: `another user than the owner of ${name}` },
    ]);
  await ports.directory.share({ accountId, userName: withUser, role }, actOf(caller));
}

export interface EndedShare {
  readonly account: AccountName;
  /** Default: the caller, who wants to see an account of another no more. */
  readonly withUser?: string | undefined;
}

/**
 * The owner and the operator may, and a user for themself.
 * @throws NotFound and Ambiguous as `findAccount`, and when the account is not shared with such a user; NotAllowed
 */
export async function unshareAccount(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'people'>,
  { account, withUser }: EndedShare,
): Promise<void> {
  const { accountId, name, role } = await findAccount(caller, ports, account);
  assertRight(caller, 'manage');
  const own = caller.kind === 'user' ? (await ports.people.user(null, { userId: caller.userId })).name : null;
  const userName = withUser ?? own ?? '';
  if (userName !== own) assertRole(caller, { role, accountName: name }, 'owner');
  const wasShared = await ports.directory.unshare({ accountId, userName }, actOf(caller));
  if (!wasShared) throw new NotFound('share', userName, name);
}
