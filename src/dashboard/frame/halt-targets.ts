/** What can be halted and resumed, and which of the shown tasks that is about. Pure. */
import type { SessionView, TaskStanding } from '../../api/contract.ts';

export interface NamedAccount {
  readonly accountName: string;
  readonly userName: string;
}

export type HaltTarget =
  | { readonly kind: 'everything' }
  /** Every account that the viewer owns. */
  | { readonly kind: 'own' }
  | ({ readonly kind: 'account' } & NamedAccount);

export type StandingHalt = TaskStanding['halts'][number];

/** Each account once, by user and name. */
export function accountsIn(rows: readonly TaskStanding[]): readonly NamedAccount[] {
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

/** Each halt once with an account that it stops, the widest first. */
export function haltsIn(
  rows: readonly TaskStanding[],
): readonly { readonly halt: StandingHalt; readonly accountName: string; readonly userName: string }[] {
  const found = new Map(
    rows.flatMap(({ halts, accountName, userName }) =>
      halts.map((halt) => {
        const whose =
          halt.scope === 'everything' ? '' : halt.scope === 'user' ? userName : `${userName} ${accountName}`;
        return [`${halt.scope} ${whose} ${halt.cause}`, { halt, accountName, userName }] as const;
      }),
    ),
  );
  return [...found.values()].sort((a, b) => width[a.halt.scope] - width[b.halt.scope]);
}

/** Those targets under which something was halted by a person: a halt is lifted under the name it was made with. */
export function resumableTargets(
  targets: readonly HaltTarget[],
  rows: readonly TaskStanding[],
): readonly HaltTarget[] {
  const made = haltsIn(rows).filter(({ halt }) => halt.cause === 'halt');
  return targets.filter((target) =>
    made.some(({ halt, accountName, userName }) => {
      if (target.kind === 'everything') return halt.scope === 'everything';
      if (target.kind === 'own') return halt.scope === 'user';
      return halt.scope === 'account' && accountName === target.accountName && userName === target.userName;
    }),
  );
}
