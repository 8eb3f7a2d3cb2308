/** An installation with a Telegram bot: database, paper exchange and daemons as in daemon-fixture.ts, and a Bot API server. */
import { createVoucher } from '../../src/application/vouchers.ts';
import { operator } from '../../src/application/caller.ts';
import { BotApi, textOf, type Actor } from './bot-api/server.ts';
import { DaemonFixture, type NamedDaemon } from './daemon-fixture.ts';
import { query } from './database.ts';

export const annId = 1_111;
export const rootId = 9_999;

export class BotFixture {
  readonly api: BotApi;
  readonly daemons: DaemonFixture;

  private constructor(api: BotApi, daemons: DaemonFixture) {
    this.api = api;
    this.daemons = daemons;
  }

  static async open(options: Parameters<typeof DaemonFixture.open>[1] = {}): Promise<BotFixture> {
    const [api, daemons] = [await BotApi.start(), await DaemonFixture.open('Sell', options)];
    return new BotFixture(api, daemons);
  }

  /** Waits until every account is managed. */
  async startDaemon(environment: Record<string, string> = {}): Promise<NamedDaemon> {
    const daemon = this.daemons.startDaemon({
      ...this.api.environment,
      BYBIT_TIMEOUT_SECONDS: '10',
      ADMINISTRATORS: `telegram:${rootId}`,
      ...environment,
    });
    const { directory } = this.daemons.store;
    await this.daemons.until(async () =>
      (await directory.accounts()).every(({ daemon: manager }) => manager !== null),
    );
    return daemon;
  }

  /** The owner of the fixture's accounts, with a phone. */
  async ann(): Promise<Actor> {
    await this.query(
      `INSERT INTO identities (kind, id, user_id) SELECT 'telegram', $1, id FROM users WHERE name = 'fixture'
       ON CONFLICT DO NOTHING`,
      [String(annId)],
    );
    return this.api.person(annId, 'Ann');
  }

  root(): Actor {
    return this.api.person(rootId, 'Root');
  }

  async voucher(days = 30, uses = 1): Promise<string> {
    const { code } = await createVoucher(operator, this.daemons.store, { days, uses });
    return code;
  }

  query<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return query<Row>(this.daemons.database.url, text, [...values]);
  }

  /** What a person sees last. */
  last(actor: Actor): string {
    return textOf(actor.chat).split('\n\nRollkeeper:').at(-1)?.trim() ?? '';
  }

  async close(): Promise<void> {
    await this.daemons.close();
    await this.api.close();
  }
}
