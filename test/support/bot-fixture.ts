/** An installation with a Telegram bot: database, paper exchange and daemons as in daemon-fixture.ts, and a Bot API server. */
import { openTelegram, type OpenedTelegram } from '../../src/telegram/open-telegram.ts';
import { exchangeRules } from '../../src/daemon/venue.ts';
import { readPresets } from '../../src/files/preset-files.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { BotApi, type Actor } from './bot-api/server.ts';
import { DaemonFixture } from './daemon-fixture.ts';
import { query } from './database.ts';

export const annId = 1_111;

export class BotFixture {
  readonly api: BotApi;
  readonly daemons: DaemonFixture;
  #opened: OpenedTelegram[] = [];

  private constructor(api: BotApi, daemons: DaemonFixture) {
    this.api = api;
    this.daemons = daemons;
  }

  static async open(options: Parameters<typeof DaemonFixture.open>[1] = {}): Promise<BotFixture> {
    const [api, daemons] = [await BotApi.start(), await DaemonFixture.open('Sell', options)];
    return new BotFixture(api, daemons);
  }

  startBot(): OpenedTelegram {
    const { store } = this.daemons;
    const opened = openTelegram({
      settings: { token: this.api.token, apiUrl: this.api.url, proxyUrl: null },
      ports: { ...store, rules: exchangeRules },
      memory: (botId) => store.botMemory(botId),
      duty: (botId) => store.botDuty(botId),
      log: createLogger({ level: 'debug', format: 'json', to: 'stderr' }),
      environment: 'paper',
      presets: readPresets(),
      administratorIds: [],
      door: {
        admit: async (personId) => {
          const [row] = await query<{ userId: string }>(
            this.daemons.database.url,
            `SELECT user_id::text AS "userId" FROM identities WHERE id = $1`,
            [personId],
          );
          const from = `telegram ${personId}`;
          return {
            zone: 'UTC',
            caller: row
              ? { kind: 'user', userId: row.userId, right: 'manage', isAdministrator: false, from }
              : { kind: 'nobody', from },
          };
        },
        redeem: () => Promise.resolve({ text: 'no voucher', person: null }),
      },
    });
    this.#opened.push(opened);
    return opened;
  }

  /** The owner of the fixture's accounts, with a phone. */
  async ann(): Promise<Actor> {
    await query(
      this.daemons.database.url,
      `INSERT INTO identities (kind, id, user_id) SELECT 'telegram', $1, id FROM users WHERE name = 'fixture'
       ON CONFLICT DO NOTHING`,
      [String(annId)],
    );
    return this.api.person(annId, 'Ann');
  }

  async close(): Promise<void> {
    for (const opened of this.#opened) await opened.close();
    await this.api.close();
    await this.daemons.close();
  }
}
