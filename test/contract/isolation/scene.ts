/**
 * The people of the isolation test: Ann, who owns everything that others try to reach, and those who try. The database is
 * made once; every use case gets copies of it. Whatever is Ann's has `zq` in its name, so that a hint of it is found anywhere.
 */
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { addAccount } from '../../../src/application/add-account.ts';
import { addChannel } from '../../../src/application/add-channel.ts';
import { addUser } from '../../../src/application/add-user.ts';
import { operator, type Caller } from '../../../src/application/caller.ts';
import { readJournal } from '../../../src/application/journal-file.ts';
import type { DaemonPorts, Ports, ShellPorts } from '../../../src/application/ports.ts';
import { redeemVoucher } from '../../../src/application/redeem-voucher.ts';
import { shareAccount } from '../../../src/application/share-account.ts';
import { addToken } from '../../../src/application/tokens.ts';
import { banUser, setAccess } from '../../../src/application/user-access.ts';
import { startBacktest } from '../../../src/application/backtests.ts';
import { createVoucher } from '../../../src/application/vouchers.ts';
import { BacktestJobs } from '../../../src/backtest/backtest-jobs.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import { playable } from '../../support/backtest-orders.ts';
import type { ExportedJournal } from '../../../src/ports/journal-keeping.ts';
import type { Store } from '../../../src/store/store.ts';
import {
  copyDatabase,
  createTestDatabase,
  openTestStore,
  query,
  type TestDatabase,
} from '../../support/database.ts';
import { watchContent, type Content } from './database-content.ts';
import { portsOn, userCaller } from '../../support/people-fixture.ts';

/** What is Ann's, and what she has to do with. */
export const anns = {
  userName: 'ann-zq',
  accountName: 'depot-zq',
  taskId: 'taskzq0001',
  tokenName: 'laptop-zq',
  channelName: 'bell-zq',
  identity: { kind: 'telegram', id: '4711815' },
  /** With whom she shares her account. */
  viewer: 'viewer-zq',
  /** Whom an administrator has banned. */
  banned: 'banned-zq',
} as const;

const journalFile = (name: string): ExportedJournal => {
  const url = new URL(`../../fixtures/journals/${name}`, import.meta.url);
  return readJournal(readFileSync(url, 'utf8'), name);
};
export const otherJournal = journalFile('roll-out-in-time.jsonl');
/** In the middle of it an order is being worked. */
const rolling = journalFile('roll-by-delta.jsonl').rows.find(({ version }) => version === 14);

export interface Scene {
  readonly voucherId: string;
  /** Of an alert that was given up. */
  readonly deliveryId: string;
  /** Of a backtest that Ann has asked for. */
  readonly backtestId: string;
  readonly ann: Extract<Caller, { kind: 'user' }>;
  readonly accountId: string;
  /** Callers who must not change anything of Ann's, nor learn of it. */
  readonly outsiders: Readonly<Record<string, Caller>>;
  readonly viewer: Caller;
  copy(): Promise<Copy>;
  drop(): Promise<void>;
}

export interface Copy {
  /** Of its database. */
  readonly url: string;
  readonly content: () => Promise<Content>;
  readonly ports: Store & DaemonPorts & ShellPorts;
  close(): Promise<void>;
}

export async function openScene(): Promise<Scene> {
  const database = await createTestDatabase();
  const opened = await openTestStore(database.url);
  try {
    return sceneOn(database, await populate(portsOn(opened), database.url));
  } finally {
    await opened.close();
  }
}

type Populated = Omit<Scene, 'copy' | 'drop' | 'backtestId'>;

function sceneOn(database: TestDatabase, people: Populated): Scene {
  const backtests = new BacktestJobs({ nowMs: () => 0 });
  const ports = { backtests, rules: bybitRules };
  return {
    ...people,
    ...startBacktest(people.ann, ports, { backtest: playable }),
    ...copying(database, people, backtests),
  };
}

const copying = (
  database: TestDatabase,
  people: Populated,
  backtests: BacktestJobs,
): Pick<Scene, 'copy' | 'drop'> => ({
  copy: async () => {
    const copied = await copyDatabase(database);
    const store = await openTestStore(copied.url);
    const client = new Client({ connectionString: copied.url });
    await client.connect();
    const close = async (): Promise<void> => {
      await client.end();
      await store.close();
      await copied.drop();
    };
    const subject = { userId: people.ann.userId, accountId: people.accountId };
    return {
      url: copied.url,
      content: await watchContent(client, subject),
      ports: { ...portsOn(store), backtests },
      close,
    };
  },
  drop: async () => {
    await backtests.close();
    await database.drop();
  },
});

async function populate(ports: Store & Ports, url: string): Promise<Populated> {
  const callers: Record<string, Extract<Caller, { kind: 'user' }>> = {};
  for (const name of [anns.userName, anns.viewer, anns.banned, 'bob', 'ended']) {
    callers[name] = userCaller((await addUser(operator, ports, name)).userId);
    const account = {
      userName: name,
      environment: 'paper',
      apiKey: `key of ${name}`,
      apiSecret: 's',
    } as const;
    const accountName = name === anns.userName ? anns.accountName : `of ${name}`;
    await addAccount(operator, ports, { ...account, name: accountName });
  }
  const [account] = await ports.directory.accounts({ userName: anns.userName });
  const accountId = account?.accountId ?? '';
  // But for the ban and the end of access they could trade in it.
  const share = { account: { name: anns.accountName } };
  for (const withUser of [anns.banned, 'ended'])
    await shareAccount(operator, ports, { ...share, withUser, role: 'trader' });
  await shareAccount(operator, ports, { ...share, withUser: anns.viewer, role: 'viewer' });
  await giveTask(ports, accountId);
  const { tokenName, userName } = anns;
  await addToken(operator, ports, { tokenName, userName, scope: 'manage' });
  const { code } = await createVoucher(operator, ports, { days: 1, userName });
  await redeemVoucher(ports, { code, identity: { ...anns.identity, name: 'Ann' }, from: 'telegram' });
  const { voucherId } = await createVoucher(operator, ports, { days: 9 });
  const deliveryId = await giveChannel(ports, url);
  await banUser(operator, ports, { userName: anns.banned, reason: 'spam' });
  await setAccess(operator, ports, { userName: 'ended', untilMs: 1 });
  const { [anns.userName]: ann, [anns.viewer]: viewer, [anns.banned]: banned, bob, ended } = callers;
  if (!ann || !viewer || !banned || !bob || !ended) throw new Error('Somebody is missing');
  return {
    voucherId,
    deliveryId,
    ann,
    accountId,
    viewer,
    outsiders: {
      'another user': bob,
      'a banned user': banned,
      'a user whose access has ended': ended,
      nobody: { kind: 'nobody', from: 'a test' },
    },
  };
}

/** A channel with a message that could not be delivered. */
async function giveChannel(ports: Store & Ports, url: string): Promise<string> {
  const { channelName: name, userName } = anns;
  const given = { address: 'https://example.com/zq', secret: null };
  const wanted = { userName, name, kind: 'slack', given, settings: {} };
  const { channelId } = await addChannel(operator, ports, wanted);
  const rows = await query<{ id: string }>(
    url,
    `INSERT INTO deliveries (channel_id, lane, notice, severity, at_ms, state, ended_at)
     VALUES ($1, 'digest', '{"code":"digest","figures":{"tasks":0,"rolling":0,"paused":0,"failed":[],"rolls":0,"notRolled":0,"money":[],"barred":[],"dead":0}}', 'info', 0, 'dead', now()) RETURNING id`,
    [channelId],
  );
  return rows[0]?.id ?? '';
}

/** A task with a roll under way, whose order is being worked. */
async function giveTask({ ownership }: Store, accountId: string): Promise<void> {
  if (!rolling) throw new Error('The journal has no such row');
  const { atMs, state, snapshotJson, machine } = rolling;
  await ownership.claimAccounts();
  await ownership.create({
    accountId,
    taskId: anns.taskId,
    atMs,
    specJson: '{}',
    eventJson: '{"type":"ADDED"}',
    state,
    phase: 'rolling',
    snapshotJson,
    machine,
    answer: { commandId: 'add-zq', status: 'done', text: 'added' },
  });
}
