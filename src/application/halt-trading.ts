/**
 * Halts trading and resumes it: everywhere, in the accounts of one user, or in one account. No roll begins while it is halted,
 * and those under way are brought to where nothing is missing.
 */
import { plainText } from '../domain/foreign-text.ts';
import { BadInput } from '../domain/errors.ts';
import { NotFound } from '../domain/request-errors.ts';
import { plainHalt, type Halt } from '../domain/halt.ts';
import type { HaltingAct, HaltTarget, PendingHalt } from '../ports/halts.ts';
import { actOf, assertAdministrator, assertRole, type Caller } from './caller.ts';
import { findAccount } from './find-account.ts';
import type { Ports } from './ports.ts';

export interface WantedHalt {
  /** Only this account; with `userName`, that user's. */
  readonly accountName?: string | undefined;
  /** The accounts of this user. Without a name: everything for the operator, the caller's own accounts for a user. */
  readonly userName?: string | undefined;
  /** Everything, which an administrator has to say. */
  readonly isEverywhere?: boolean | undefined;
  /** How long to wait for the daemons to put it into force. */
  readonly waitMs: number;
}

export interface HaltResult {
  readonly scope: Halt['scope'];
  /** False when it was so already. */
  readonly isNew: boolean;
  /** How many accounts it is about. */
  readonly accounts: number;
  /** Where the daemon has not confirmed it yet. */
  readonly pending: readonly PendingHalt[];
  /** What halts these accounts after all, the widest first. */
  readonly halts: readonly Halt[];
  /** How many halts of single users and accounts stand besides; only for everything. */
  readonly narrower: number;
}

type HaltPorts = Pick<Ports, 'directory' | 'halts'>;

const reasonLengthMax = 500;

/**
 * @throws NotFound and Ambiguous as `findAccount`; NotAllowed to viewers, and for what is wider than the caller's own
 * accounts to everybody but administrators
 */
export async function haltTrading(
  caller: Caller,
  ports: HaltPorts,
  wanted: WantedHalt & { readonly reason?: string | undefined },
): Promise<HaltResult> {
  const reason = readReason(wanted.reason);
  const act = await actFor(caller, ports, wanted);
  const { haltId, isNew } = await ports.halts.halt({ ...act, reason });
  const pending = await ports.halts.confirmed([haltId], { isInForce: true, waitMs: wanted.waitMs });
  return resultOf(ports, act, { isNew, pending });
}

/**
 * Lifts what was halted under exactly these names. What users have halted the operator lifts too, but not the other way
 * round; bans and ended access are not lifted here.
 * @throws as `haltTrading`
 */
export async function resumeTrading(
  caller: Caller,
  ports: HaltPorts,
  wanted: WantedHalt,
): Promise<HaltResult> {
  const act = await actFor(caller, ports, wanted);
  const lifted = await ports.halts.lift(act);
  const pending = await ports.halts.confirmed(lifted, { isInForce: false, waitMs: wanted.waitMs });
  return resultOf(ports, act, { isNew: lifted.length > 0, pending });
}

async function actFor(caller: Caller, ports: HaltPorts, wanted: WantedHalt): Promise<HaltingAct> {
  const { target, isByOperator } = await targetOf(caller, ports, wanted);
  return { ...target, isByOperator, ...actOf(caller) };
}

interface Aim {
  readonly target: HaltTarget;
  readonly isByOperator: boolean;
}

async function targetOf(
  caller: Caller,
  ports: HaltPorts,
  { accountName, userName, isEverywhere = false }: WantedHalt,
): Promise<Aim> {
  if (accountName !== undefined) {
    const account = await findAccount(caller, ports, { name: accountName, userName });
    assertRole(caller, { role: account.role, accountName: account.name }, 'trader');
    return {
      target: { accountId: account.accountId, userId: null },
      isByOperator: caller.kind === 'operator',
    };
  }
  if (caller.kind === 'user' && userName === undefined && !isEverywhere) {
    assertRole(caller, { role: 'owner', accountName: '' }, 'trader');
    return { target: { accountId: null, userId: caller.userId }, isByOperator: false };
  }
  assertAdministrator(caller, 'halt or resume the accounts of others');
  if (userName === undefined) return { target: { accountId: null, userId: null }, isByOperator: true };
  const users = await ports.directory.users({ userId: null });
  const user = users.find(({ name }) => name === userName);
  if (!user) throw new NotFound('user', userName);
  return { target: { accountId: null, userId: user.userId }, isByOperator: true };
}

function readReason(given: string | undefined): string | null {
  const { length } = given ?? '';
  if (length > reasonLengthMax)
    throw new BadInput('The reason is too long', [
      { path: 'reason', found: `${length} characters`, expected: `at most ${reasonLengthMax}` },
    ]);
  const reason = plainText(given ?? '', reasonLengthMax).trim();
  return reason === '' ? null : reason;
}

async function resultOf(
  { halts }: HaltPorts,
  target: HaltTarget,
  { isNew, pending }: Pick<HaltResult, 'isNew' | 'pending'>,
): Promise<HaltResult> {
  const { accountId, userId } = target;
  const all = accountId === null ? await halts.inForce() : [];
  const isEverything = accountId === null && userId === null;
  const standing =
    accountId === null
      ? all.filter((halt) => halt.accountId === null && (halt.userId === null || halt.userId === userId))
      : ((await halts.ofAccounts([accountId])).get(accountId) ?? []);
  const scope = accountId !== null ? 'account' : userId !== null ? 'user' : 'everything';
  return {
    scope,
    isNew,
    accounts: await halts.accountsIn(target),
    pending,
    halts: standing.map(plainHalt),
    narrower: isEverything ? all.filter(({ scope }) => scope !== 'everything').length : 0,
  };
}

/** What halts each of these accounts, which the caller was shown before; those that nothing halts are left out. */
export async function haltsOf(
  { halts }: Pick<Ports, 'halts'>,
  accounts: readonly { readonly accountId: string }[],
): Promise<ReadonlyMap<string, readonly Halt[]>> {
  const found = await halts.ofAccounts(accounts.map(({ accountId }) => accountId));
  return new Map([...found].map(([accountId, standing]) => [accountId, standing.map(plainHalt)]));
}
