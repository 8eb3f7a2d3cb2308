/**
 * What the names in requests stand for in the scene of the generated checks: values that no schema can know. A place is named by the
 * subject of its path and its name, as `accounts.name` in `/api/accounts/{name}/limits`, or by its name alone.
 */
import fc from 'fast-check';
import type { Pool } from '../../support/openapi/arbitraries.ts';
import type { Operation } from '../../support/openapi/document.ts';
import type { Scene } from '../isolation/scene.ts';
import { playable } from '../../support/backtest-orders.ts';
import { anns } from '../isolation/scene.ts';

/** `anns`: placeholders for what is Ann's, see `rendered`; `everyones`: what is hers, what is others', and new names. */
export type Whose = 'anns' | 'everyones';

type Known = Pick<Scene, 'voucherId' | 'deliveryId' | 'backtestId'>;

/** One thing of Ann's: how it is named, and a name as long that names nothing. */
interface Named {
  readonly placeholder: string;
  readonly theirs: string;
  readonly nowhere: string;
}

type Name =
  | 'owner'
  | 'viewer'
  | 'banned'
  | 'account'
  | 'task'
  | 'prefix'
  | 'token'
  | 'channel'
  | 'identity'
  | 'voucher'
  | 'delivery'
  | 'backtest';

/** As long, so that answers can be compared to the byte. */
function nowhereLike(name: string): string {
  if (/^\d+$/.test(name)) return '8'.repeat(name.length);
  return name.includes('zq') ? name.replace('zq', 'xx') : `zzzz${name.slice(4)}`;
}

export function namesOf({ voucherId, deliveryId, backtestId }: Known): Readonly<Record<Name, Named>> {
  const named = (theirs: string): Named => ({
    placeholder: `qq${theirs.replace(/[^a-z0-9]/g, '')}qq`,
    theirs,
    nowhere: nowhereLike(theirs),
  });
  return {
    owner: named(anns.userName),
    viewer: named(anns.viewer),
    banned: named(anns.banned),
    account: named(anns.accountName),
    task: named(anns.taskId),
    prefix: named(anns.taskId.slice(0, 6)),
    token: named(anns.tokenName),
    channel: named(anns.channelName),
    identity: named(anns.identity.id),
    voucher: { ...named(voucherId), placeholder: 'qqvoucherqq' },
    backtest: named(backtestId),
    delivery: { ...named(deliveryId), placeholder: 'qqdeliveryqq' },
  };
}

/** The text of a request with the names of Ann's things in it, or with names of nothing. */
export const rendered = (text: string, names: readonly Named[], which: 'theirs' | 'nowhere'): string =>
  names.reduce((whole, name) => whole.replaceAll(name.placeholder, name[which]), text);

/** The same answer for both: the names taken out, the longest first; a number only where it stands alone. */
export const withoutNames = (text: string, names: readonly Named[], which: 'theirs' | 'nowhere'): string =>
  [...names]
    .sort((a, b) => b.theirs.length - a.theirs.length)
    .reduce((whole, { [which]: name }) => {
      const pattern = /^\d+$/.test(name) ? new RegExp(`(?<!\\d)${name}(?!\\d)`, 'g') : name;
      return whole.replaceAll(pattern, 'NAME');
    }, text);

/** By name: what is Ann's, and what else may stand there. */
interface Values {
  readonly anns: readonly (Named | readonly [Named])[];
  readonly others: readonly unknown[];
  /** Only where nobody is to be kept from it. */
  readonly toReach?: readonly unknown[];
}

const only = (...others: readonly unknown[]): Values => ({ anns: [], others });

const symbol = 'BTC-31MAR23-24000-C-USDT';
const spec = { symbol, trigger: 23_500, target: 1_000 };

function table(known: Known): Readonly<Record<string, Values>> {
  const {
    owner,
    viewer,
    banned,
    account,
    task,
    prefix,
    token,
    channel,
    identity,
    voucher,
    delivery,
    backtest,
  } = namesOf(known);
  const users: Values = { anns: [owner, viewer, banned], others: ['bob', 'admin', 'new'] };
  const accounts: Values = { anns: [account], others: ['of bob', 'new account'] };
  const tasks: Values = { anns: [task, prefix], others: ['t', 'zzzz'] };
  return {
    'tasks.id': tasks,
    taskId: tasks,
    'accounts.name': accounts,
    'tasks.name': accounts,
    'positions.account': accounts,
    accountName: accounts,
    user: users,
    userName: users,
    'users.name': { anns: [owner], others: ['new-1', 'new-2', 'new-3'] },
    // Whether a user of that name exists is no secret to who shares an account.
    withUser: { ...only('bob', 'admin', 'nowhere'), toReach: [anns.viewer] },
    'users.id': { anns: [identity], others: ['1', '99'] },
    'tokens.name': { anns: [token], others: ['new token', 'another'] },
    'channels.name': { anns: [channel], others: ['new channel', 'another'] },
    'backtests.id': { anns: [backtest], others: ['nowhere'] },
    voucherId: { anns: [voucher], others: ['999999'] },
    deliveryIds: { anns: [[delivery]], others: [[], undefined] },
    ...plainValues,
  };
}

const plainValues: Readonly<Record<string, Values>> = {
  'backtests.spec': only(playable.spec),
  'backtests.qty': only(playable.qty),
  'backtests.side': only(playable.side),
  'backtests.cash': only(playable.cash),
  'backtests.volatility': only(playable.volatility),
  'backtests.prices': only(playable.prices),
  'backtests.fromMs': only(undefined),
  'backtests.toMs': only(playable.toMs),
  'price-files.body': only('time,open,high,low,close\n2023-03-01T00:00Z,23140,23150,23128,23142\n'),
  'price-files.name': only('prices.csv'),
  'machines.name': only('roll', 'order'),
  'presets.name': only('half-profit', 'thetagang'),
  // A key that was used for another request is refused.
  'idempotency-key': only(undefined),
  'if-match': only('"1"', '*', undefined),
  ids: only('taskzq0001', 'a,b', undefined),
  rule: only(null, undefined),
  approvalId: only(null, undefined),
  trade: only('roll', 'close', undefined),
  spec: only(spec, { ...spec, target: '+5%' }, { symbol }, {}),
  symbol: only(symbol),
  legs: only(undefined),
  qty: only('0.1', undefined),
  values: only({}, undefined),
  zone: only('Europe/Berlin', 'UTC'),
  timeZone: only('Europe/Berlin', 'UTC'),
  'channels.kind': only('webhook', 'slack', 'ntfy'),
  address: only('https://example.com/hook', 'https://ntfy.sh/topic'),
  secret: only(null, undefined),
  noise: only('info', 'critical'),
  overrides: only(['rolled=silent'], []),
  quiet: only('22:00-07:00', 'none'),
  digest: only('08:00', 'none'),
  rank: only('3'),
  rollsPerDay: only(4, null),
  netDebitPerDay: only('250', null),
  notionalOpenedPerDay: only('99.5'),
  ordersPerMinute: only(10),
  untilMs: only(2_000_000_000_000, null),
  coin: only('BTC', 'ETH'),
};

/** @param known what the scene's database has given numbers to */
export function poolFor({ path }: Pick<Operation, 'path'>, whose: Whose, known: Known): Pool {
  const values = table(known);
  const subject = path.split('/')[2] ?? '';
  return (name) => {
    const found = values[`${subject}.${name}`] ?? values[name];
    if (!found) return undefined;
    const { anns: theirs, others, toReach = [] } = found;
    if (whose === 'anns' && theirs.length > 0)
      return fc.constantFrom(...theirs.map((each) => valueOf(each, 'placeholder')));
    if (whose === 'anns') return fc.constantFrom(...others);
    return fc.constantFrom(...theirs.map((each) => valueOf(each, 'theirs')), ...others, ...toReach);
  };
}

const valueOf = (one: Named | readonly [Named], which: 'placeholder' | 'theirs'): unknown =>
  'theirs' in one ? one[which] : [one[0][which]];

/** Whether a place has values here: a parameter of a path without any could only be reached by luck. */
export const isKnown = (operation: Operation, name: string, known: Known): boolean =>
  poolFor(operation, 'everyones', known)(name) !== undefined;
