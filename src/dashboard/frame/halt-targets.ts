/** What can be halted and resumed, and which of the shown tasks that is about. Pure. */
import type { HaltsInForce, SessionView, TaskStanding } from '../../api/contract.ts';

export interface NamedAccount {
  readonly accountName: string;
  readonly userName: string;
}

export type HaltTarget =
  | { readonly kind: 'everything' }
  /** Every account that the viewer owns. */
  | { readonly kind: 'own' }
  | ({ readonly kind: 'account' } & NamedAccount);

/** Names it among others, however the list of them changes. */
export const keyOf = (target: HaltTarget): string =>
  target.kind === 'account' ? JSON.stringify([target.userName, target.accountName]) : target.kind;

export type StandingHalt = HaltsInForce['everything'][number];

/** Each account once, by user and name. */
export function accountsIn(rows: readonly NamedAccount[]): readonly NamedAccount[] {
  const found = new Map(
    rows.map(({ accountName, userName }) => [`${userName} ${accountName}`, { accountName, userName }]),
  );
  return [...found].sort(([a], [b]) => a.localeCompare(b)).map(([, account]) => account);
}

export const tasksIn = (
  target: HaltTarget,
  rows: readonly TaskStanding[],
  session: Pick<SessionView, 'userName'>,
): readonly TaskStanding[] =>
  rows.filter(({ accountName, userName }) => {
    if (target.kind === 'everything') return true;
    if (target.kind === 'own') return userName === session.userName;
    return accountName === target.accountName && userName === target.userName;
  });

/** As `POST /api/halts` and `POST /api/halts/resume` take it. */
export function bodyOf(target: HaltTarget, reason: string): Readonly<Record<string, unknown>> {
  const why = reason.trim() === '' ? {} : { reason: reason.trim() };
  if (target.kind === 'everything') return { isEverywhere: true, ...why };
  if (target.kind === 'own') return why;
  return { accountName: target.accountName, userName: target.userName, ...why };
}

const width: Readonly<Record<StandingHalt['scope'], number>> = { everything: 0, user: 1, account: 2 };

export interface ShownHalt {
  readonly halt: StandingHalt;
  /** An account that it stops; `null` when it stops everything. */
  readonly account: NamedAccount | null;
}

/** Each halt once, the widest first. */
export function haltsIn({ everything, accounts }: HaltsInForce): readonly ShownHalt[] {
  const narrower = accounts.flatMap(({ halts, accountName, userName }) =>
    halts
      .filter(({ scope }) => scope !== 'everything')
      .map((halt) => ({ halt, account: { accountName, userName } })),
  );
  const found = new Map<string, ShownHalt>();
  for (const shown of narrower) {
    const { halt, account } = shown;
    const whose = halt.scope === 'user' ? account.userName : `${account.userName} ${account.accountName}`;
    const key = `${halt.scope} ${halt.cause} ${whose}`;
    if (!found.has(key)) found.set(key, shown);
  }
  return [
    ...everything.map((halt) => ({ halt, account: null })),
    ...[...found.values()].sort((a, b) => width[a.halt.scope] - width[b.halt.scope]),
  ];
}

/** Those targets under which a person halted something: a halt is lifted under the name it was made with. */
export const resumableTargets = (
  targets: readonly HaltTarget[],
  inForce: HaltsInForce,
  session: Pick<SessionView, 'userName'>,
): readonly HaltTarget[] => {
  const made = haltsIn(inForce).filter(({ halt }) => halt.cause === 'halt');
  return targets.filter((target) =>
    made.some(({ halt, account }) => {
      if (target.kind === 'everything') return halt.scope === 'everything';
      if (target.kind === 'own') return halt.scope === 'user' && account?.userName === session.userName;
      return (
        halt.scope === 'account' &&
        account?.accountName === target.accountName &&
        account.userName === target.userName
      );
    }),
  );
};
