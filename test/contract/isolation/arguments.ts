/**
 * Arguments for use cases, made of their declared types: every property gets the value that stands here under its name, once
 * for something that exists and is Ann's, and once for something that exists nowhere.
 */
import { playable } from '../../support/backtest-orders.ts';
import { anns, otherJournal, type Scene } from './scene.ts';
import type { Field, Shape, UseCase } from './use-cases.ts';

export type Target = 'theirs' | 'nowhere';

/** Left out, where the property is optional. */
const omitted = Symbol('omitted');

type Values = Readonly<Record<string, unknown>>;

/** What is left out here is made of its type: a literal is its own value, an object is made of its properties. */
function valuesFor(
  target: Target,
  { voucherId, deliveryId, backtestId }: Pick<Scene, 'voucherId' | 'deliveryId' | 'backtestId'>,
): Values {
  const pick = (theirs: unknown, nowhere: unknown): unknown => (target === 'theirs' ? theirs : nowhere);
  return {
    taskId: pick(anns.taskId, 'nowhere001'),
    userName: pick(anns.userName, 'nowhere-user'),
    accountName: pick(anns.accountName, 'nowhere-account'),
    voucherId: pick(voucherId, '999999'),
    tokenName: pick(anns.tokenName, 'nowhere-token'),
    withUser: pick(anns.banned, 'nowhere-guest'),
    identity: pick(anns.identity, { kind: 'telegram', id: '999999' }),
    'findAccount.name': pick(anns.accountName, 'nowhere-account'),
    'checkAccount.name': pick(anns.accountName, 'nowhere-account'),
    'account.name': pick(anns.accountName, 'nowhere-account'),
    folder: '/nonexistent/archive',
    beforeMs: 2_000_000_000_000,
    isDryRun: false,
    isOn: true,
    'liftBan.userName': pick(anns.banned, 'nowhere-user'),
    ...Object.fromEntries(
      ['find', 'edit', 'test', 'remove'].map((verb) => [
        `${verb}Channel.name`,
        pick(anns.channelName, 'nowhere-channel'),
      ]),
    ),
    deliveryIds: pick([deliveryId], ['999999']),
    'addUser.name': 'somebody new',
    'addAccount.name': 'a new account',
    'addOwnAccount.name': 'a new account',
    'addToken.tokenName': 'a new token',
    'addChannel.name': 'a new channel',
    'addChannel.kind': 'webhook',
    address: 'https://example.com/hook',
    secret: null,
    settings: { noise: 'info' },
    timeZone: 'Europe/Berlin',
    onlyDead: false,
    'showSystem.standing': {
      daemon: 'daemon-a',
      version: '0.0.0',
      environment: 'paper',
      startedAtMs: 0,
      problems: [],
      tasksHere: 0,
      streams: [],
      journal: { healthy: true, waiting: 0, lagMs: 0 },
      live: { subscribers: 0, dropped: 0 },
    },
    zone: 'UTC',
    withOver: false,
    approvalId: omitted,
    changes: { rollsPerDay: '5' },
    isEverywhere: false,
    isArmed: true,
    journal: otherJournal,
    spec: { symbol: 'BTC-31MAR23-24000-C-USDT', trigger: 23_500, target: 1000 },
    apiKey: 'a new key',
    apiSecret: 'a secret',
    exchangeUserId: omitted,
    onProgress: omitted,
    last: omitted,
    follows: false,
    signal: AbortSignal.abort(),
    requestId: omitted,
    expectedVersion: omitted,
    taskIds: omitted,
    rule: null,
    waitMs: 0,
    days: 3,
    uses: 2,
    validDays: 5,
    untilMs: 2_000_000_000_000,
    reason: 'a reason',
    sinceMs: 0,
    fromVersion: 1,
    limit: 10,
    machineName: 'roll',
    labels: 'none',
    fileName: 'prices.csv',
    content: new TextEncoder().encode('time,close'),
    'startBacktest.requestId': 'a request',
    'startBacktest.backtest': playable,
    backtestId: pick(backtestId, 'b'.repeat(24)),
  };
}

/** The arguments after caller and ports. @throws Error that says where a value is missing */
export function argumentsFor({ name, file, parameters }: UseCase, target: Target, scene: Scene): unknown[] {
  const values = valuesFor(target, scene);
  const made = parameters.map((field) => valueOf(field, [name], { values, file }));
  return made.map((value) => (value === omitted ? undefined : value));
}

interface Table {
  readonly values: Values;
  readonly file: string;
}

function valueOf({ name, isOptional, shape }: Field, path: readonly string[], table: Table): unknown {
  const { values, file } = table;
  // `addUser.name` is more to the point than `name`; so is `account.name`, wherever an account is named.
  for (const key of [`${path[0] ?? ''}.${name}`, `${path.at(-1) ?? ''}.${name}`, name])
    if (Object.hasOwn(values, key)) {
      if (values[key] !== omitted || isOptional) return values[key];
      throw new Error(`${key} cannot be left out of ${path.join('.')}`);
    }
  if (shape.kind === 'literal') return shape.value;
  if (shape.kind === 'object' && shape.fields.length > 0) return objectOf(shape, [...path, name], table);
  const text = shape.kind === 'leaf' ? shape.text : 'unknown';
  throw new Error(
    `The isolation test has no value for ${[...path, name].join('.')}, ${text}, of ${file}: add one to valuesFor in ` +
      `test/contract/isolation/arguments.ts, under ${JSON.stringify(name)} or ${JSON.stringify(`${path[0] ?? ''}.${name}`)}. ` +
      'Where it names something, pick(what the scene gives Ann, what exists nowhere)',
  );
}

function objectOf(
  { fields }: Extract<Shape, { kind: 'object' }>,
  path: readonly string[],
  table: Table,
): object {
  const entries = fields.map((field) => [field.name, valueOf(field, path, table)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== omitted));
}

/** Every text by which something of Ann's was named, with what stands in its place for what exists nowhere. */
export function namesGiven(theirs: unknown, nowhere: unknown): (readonly [string, string])[] {
  if (typeof theirs === 'string' && typeof nowhere === 'string')
    return theirs === nowhere ? [] : [[theirs, nowhere]];
  if (typeof theirs !== 'object' || theirs === null || typeof nowhere !== 'object' || nowhere === null)
    return [];
  return Object.entries(theirs).flatMap(([key, value]) => namesGiven(value, (nowhere as Values)[key]));
}
