/**
 * What keeps an account from trading, as the exchange says it: which kinds of request are refused, since when, and what a
 * person was alerted. One alert at once, then reminders; it is over when what was refused passes again. Plain JSON,
 * because it is stored with the account: another daemon goes on where this one stopped.
 */
import type { Alert } from '../alert.ts';
import type { ReasonOf } from '../reason.ts';
import type { Reminded } from './reminders.ts';

/** What is asked of the exchange for an account; each may be refused by itself. */
export type Ask = 'log-in' | 'positions' | 'holdings' | 'margin' | 'orders' | 'deliveries' | 'writes';

export interface Refusal {
  /** In the exchange's own words. */
  readonly said: string;
  /** The last time it was said. */
  readonly atMs: number;
}

export interface AccountTrouble extends Reminded {
  readonly refusals: Readonly<Partial<Record<Ask, Refusal>>>;
}

/** With one more refusal; `null` before the first. */
export const withRefusal = (trouble: AccountTrouble | null, ask: Ask, refusal: Refusal): AccountTrouble => ({
  ...(trouble ?? { sinceMs: refusal.atMs, remindedMs: 0 }),
  refusals: { ...trouble?.refusals, [ask]: refusal },
});

/** What was refused passes; `null` when nothing is refused any more. */
export function withoutRefusal(trouble: AccountTrouble, ask: Ask): AccountTrouble | null {
  const left = Object.entries(trouble.refusals).filter(([refused]) => refused !== ask);
  return left.length === 0 ? null : { ...trouble, refusals: Object.fromEntries(left) };
}

/** As another daemon goes on with it: a refused look-up is not asked again without its order, the positions are. */
export function restored({ refusals, ...trouble }: AccountTrouble): AccountTrouble {
  const { orders, deliveries, ...others } = refusals;
  const lookUp = orders ?? deliveries;
  return { ...trouble, refusals: { ...(lookUp && { positions: lookUp }), ...others } };
}

/** Nothing new to store: the same refusals, and no reminder more. */
export const saysTheSame = (a: AccountTrouble, b: AccountTrouble): boolean =>
  wordsOf(a) === wordsOf(b) && a.remindedMs === b.remindedMs;
const wordsOf = ({ refusals }: AccountTrouble): string =>
  JSON.stringify(Object.entries(refusals).map(([ask, { said }]) => [ask, said]));

/**
 * That orders are refused is only seen when one is sent. When none was refused for so long, and everything else passes,
 * it is taken to be over: a reminder for ever would be no news, and the next order will show.
 */
const writesForgottenAfterMs = 3_600_000;
/** The trouble without a refusal of orders that is too old to count; `null` when nothing else is refused. */
export function withoutOldWrites(trouble: AccountTrouble, nowMs: number): AccountTrouble | null {
  const { writes, ...others } = trouble.refusals;
  const isOld = writes !== undefined && nowMs - writes.atMs >= writesForgottenAfterMs;
  return isOld && Object.keys(others).length === 0 ? null : trouble;
}

/** The newest words. */
export const saidOf = ({ refusals }: AccountTrouble): string =>
  Object.values(refusals).toSorted((a, b) => b.atMs - a.atMs)[0]?.said ?? '';

export interface AccountAlertFigures {
  readonly accountBarred: { readonly name: string; readonly said: string };
  readonly accountStillBarred: { readonly name: string; readonly said: string; readonly forMs: number };
  readonly accountTrades: { readonly name: string; readonly said: string; readonly forMs: number };
  /** No order was refused for an hour: whether they are taken again, the next one will show. */
  readonly ordersPassAgain: { readonly name: string; readonly said: string };
}

type AccountAlert = Pick<Alert, 'severity'> & ReasonOf<AccountAlertFigures>;

/** The alert that the exchange refuses an account; `name` as people know it. */
export const troubleBegins = (name: string, trouble: AccountTrouble): AccountAlert => ({
  severity: 'critical',
  code: 'accountBarred',
  figures: { name, said: saidOf(trouble) },
});

/** The reminder that the exchange still refuses the account. */
export const troubleLasts = (name: string, trouble: AccountTrouble, nowMs: number): AccountAlert => ({
  severity: 'critical',
  code: 'accountStillBarred',
  figures: { name, said: saidOf(trouble), forMs: nowMs - trouble.sinceMs },
});

/** The alert that the account is served again, or that only an old refusal of orders is no longer counted. */
export function troubleEnds(name: string, trouble: AccountTrouble, nowMs: number): AccountAlert {
  const said = saidOf(trouble);
  return withoutOldWrites(trouble, nowMs) === null
    ? { severity: 'info', code: 'ordersPassAgain', figures: { name, said } }
    : { severity: 'info', code: 'accountTrades', figures: { name, said, forMs: nowMs - trouble.sinceMs } };
}
