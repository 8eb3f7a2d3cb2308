/** A database with users, tasks and channels, and daemons that deliver its alerts, faster than people would wait. */
import { randomBytes } from 'node:crypto';
import { sendersOf } from '../../src/alerts/senders/senders.ts';
import { Deliverer, type DelivererOptions } from '../../src/alerts/deliverer.ts';
import type { MailOptions } from '../../src/alerts/senders/email.ts';
import { Outgoing } from '../../src/net/outgoing.ts';
import type { Alert } from '../../src/ports/alerts.ts';
import type { ChannelSettings } from '../../src/ports/channel-book.ts';
import type { ChannelAddress, ChannelKind } from '../../src/ports/channels.ts';
import { silentLog, type StoreLog } from '../../src/store/log.ts';
import type { Store } from '../../src/store/store.ts';
import { createTestDatabase, createTestTasks, openTestStore, query, type TestDatabase } from './database.ts';

export const webhookSecret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;

export const quick: NonNullable<DelivererOptions['limits']> = {
  backOff: { firstMs: 20, maxMs: 200, triesMax: 5, ageMaxMs: 60_000, triesMin: 5 },
  timeoutMs: 400,
  lookEveryMs: 100,
  criticalMs: 600,
  digestsEveryMs: 200,
};

export interface Person {
  readonly userName: string;
  readonly accountId: string;
  readonly taskIds: readonly string[];
}

export class DeliveryFixture {
  readonly database: TestDatabase;
  readonly store: Store;
  readonly #open: (() => Promise<unknown>)[] = [];
  readonly #versions = new Map<string, number>();

  private constructor(database: TestDatabase, store: Store) {
    this.database = database;
    this.store = store;
  }

  static async open(): Promise<DeliveryFixture> {
    const database = await createTestDatabase();
    return new DeliveryFixture(database, await openTestStore(database.url));
  }

  async close(): Promise<void> {
    for (const close of this.#open.reverse()) await close();
    await this.store.close();
    await this.database.drop();
  }

  /** A user with one account that has so many tasks. */
  async person(tasksTotal = 1): Promise<Person> {
    const userName = `user-${randomBytes(4).toString('hex')}`;
    const { directory, ownership } = this.store;
    await directory.addUser(userName);
    const account = {
      userName,
      name: 'main',
      environment: 'paper' as const,
      apiKey: `key-${userName}`,
      apiSecret: 's',
    };
    const { accountId } = await directory.addAccount(account);
    await ownership.claimAccounts();
    const taskIds = Array.from({ length: tasksTotal }, () => `task${randomBytes(4).toString('hex')}`);
    await createTestTasks(this.store, accountId, taskIds);
    return { userName, accountId, taskIds };
  }

  async channel<Kind extends ChannelKind>(
    { userName }: Person,
    kind: Kind,
    { address, ...settings }: Partial<ChannelSettings> & { readonly address: ChannelAddress<Kind> },
  ): Promise<string> {
    const name = `${kind}-${randomBytes(4).toString('hex')}`;
    const channel = { userName, name, kind, address, settings };
    return (await this.store.channels.addChannel(channel)).channelId;
  }

  webhook(person: Person, url: string, settings: Partial<ChannelSettings> = {}): Promise<string> {
    return this.channel(person, 'webhook', { ...settings, address: { url, secret: webhookSecret } });
  }

  /** Commits a turn of the task with these alerts. */
  async alert({ accountId }: Person, taskId: string, ...alerts: readonly Alert[]): Promise<void> {
    const expectedVersion = this.#versions.get(taskId) ?? 1;
    this.#versions.set(taskId, expectedVersion + 1);
    await this.store.journal.commit({
      accountId,
      taskId,
      expectedVersion,
      atMs: Date.now(),
      path: '',
      eventJson: '{"type":"PRICE"}',
      state: 'IDLE.watching',
      phase: 'waiting',
      snapshotJson: `{"n":${expectedVersion}}`,
      machine: '1',
      alerts,
      answers: [],
    });
  }

  /** A daemon of its own, as far as alerts are concerned. */
  async daemon({
    mail = null,
    log = silentLog,
    limits = {},
    permitted = ['127.0.0.1'],
  }: {
    readonly mail?: MailOptions | null;
    readonly log?: StoreLog;
    readonly limits?: DelivererOptions['limits'];
    readonly permitted?: readonly string[];
  } = {}): Promise<Deliverer> {
    const store = await openTestStore(this.database.url);
    const outgoing = new Outgoing({ permitted });
    const deliverer = new Deliverer({
      book: store.deliveries,
      senders: sendersOf({ outgoing, mail, telegram: null }),
      log,
      limits: { ...quick, ...limits },
    });
    await deliverer.start();
    this.#open.push(async () => {
      await deliverer.close();
      await outgoing.close();
      await store.close();
    });
    return deliverer;
  }

  deliveries(): Promise<
    readonly {
      readonly state: string;
      readonly tries: number;
      readonly said: string | null;
      readonly channelId: string;
    }[]
  > {
    return query(
      this.database.url,
      'SELECT state, tries, said, channel_id::text AS "channelId" FROM deliveries ORDER BY id',
    );
  }
}

/** Numbered, so that an order can be seen. */
export const numbered = (n: number, severity: Alert['severity'] = 'warning'): Alert => ({
  severity,
  code: 'leg1HasRest',
  figures: { rollId: `r${n}`, symbol: 'BTC', leftQty: '1', qty: '2', reason: null, n },
});
