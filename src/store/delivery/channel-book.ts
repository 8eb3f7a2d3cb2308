/** Channels in the database (ports/channel-book.ts). It seals addresses before they are stored; vault.ts encrypts. */
import type { Pool } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import { NotFound } from '../../domain/request-errors.ts';
import type { Act } from '../../ports/audit.ts';
import type {
  Channel,
  ChannelBook,
  ChannelRef,
  ChannelSettings,
  NewChannel,
} from '../../ports/channel-book.ts';
import type { ChannelAddress, ChannelKind } from '../../ports/channels.ts';
import type { Scope } from '../../ports/directory.ts';
import { isDuplicate } from '../database-errors.ts';
import { everything } from '../read/everything.ts';
import { ownAct, recordAct } from '../people/record.ts';
import { inTransaction, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';
import type { Vault } from '../vault.ts';
import { wrongValue } from '../wrong-value.ts';

type ChannelRow = Omit<Channel, 'quietHours'> & {
  readonly quietFrom: string | null;
  readonly quietUntil: string | null;
};

export class PostgresChannelBook implements ChannelBook {
  readonly #pool: Pool;
  readonly #vault: Vault;

  constructor(pool: Pool, vault: Vault) {
    this.#pool = pool;
    this.#vault = vault;
  }

  async addChannel(
    { userName, name, kind, address, settings }: NewChannel,
    scope: Scope = everything,
    act: Act = ownAct,
  ): Promise<{ readonly channelId: string }> {
    assertName(name);
    const userId = await this.#userId(userName, scope);
    const [next] = await rowsOf<{ id: string }>(this.#pool, 'next-channel-id', []);
    const channelId = next?.id ?? '';
    const values = [channelId, userId, kind, name, this.#sealed(address, kind, channelId)];
    try {
      await inTransaction(this.#pool, async (client) => {
        await client.query(sql('insert-channel'), [...values, ...settingValues(settings)]);
        await recordAct(client, act, { act: 'channel.add', userId, details: { name, kind } });
      });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      throw wrongValue('name', JSON.stringify(name), `a name that no other channel of ${userName} has`);
    }
    return { channelId };
  }

  async channels(
    { userName }: { readonly userName?: string | undefined } = {},
    scope: Scope = everything,
  ): Promise<readonly Channel[]> {
    const rows = await rowsOf<ChannelRow>(this.#pool, 'list-channels', [userName ?? null, scope.userId]);
    if (rows.length === 0 && userName !== undefined) await this.#userId(userName, scope);
    return rows.map(({ quietFrom, quietUntil, ...row }) => ({
      ...row,
      quietHours: quietFrom === null || quietUntil === null ? null : { from: quietFrom, until: quietUntil },
    }));
  }

  async editChannel(
    { channelId, userId, name }: ChannelRef,
    changes: Partial<ChannelSettings>,
    act: Act = ownAct,
  ): Promise<void> {
    const { noise, overrides, isBackup, isEnabled, quietHours, digestAt, rank } = changes;
    const values = [
      channelId,
      noise ?? null,
      overrides === undefined ? null : JSON.stringify(overrides),
      isBackup ?? null,
      isEnabled ?? null,
      quietHours !== undefined,
      quietHours?.from ?? null,
      quietHours?.until ?? null,
      digestAt !== undefined,
      digestAt ?? null,
      rank ?? null,
    ];
    await inTransaction(this.#pool, async (client) => {
      await client.query(sql('edit-channel'), values);
      await recordAct(client, act, { act: 'channel.edit', userId, details: { name, ...changes } });
    });
  }

  async removeChannel({ channelId, userId, name }: ChannelRef, act: Act = ownAct): Promise<void> {
    await inTransaction(this.#pool, async (client) => {
      await client.query(sql('remove-channel'), [channelId]);
      await recordAct(client, act, { act: 'channel.remove', userId, details: { name } });
    });
  }

  async addressOf(channelId: string): Promise<ChannelAddress> {
    const { kind, address } = await this.#row(channelId);
    const opened = this.#vault.open(address, { kind: 'channel', id: channelId, beside: kind });
    return JSON.parse(opened) as ChannelAddress;
  }

  async setTimeZone(
    { userName, timeZone }: { readonly userName: string; readonly timeZone: string },
    scope: Scope = everything,
    act: Act = ownAct,
  ): Promise<void> {
    const userId = await this.#userId(userName, scope);
    await inTransaction(this.#pool, async (client) => {
      await client.query(sql('set-time-zone'), [userId, timeZone]);
      await recordAct(client, act, { act: 'user.zone', userId, details: { timeZone } });
    });
  }

  #sealed(address: ChannelAddress, kind: ChannelKind, channelId: string): Buffer {
    return this.#vault.seal(JSON.stringify(address), { kind: 'channel', id: channelId, beside: kind });
  }

  async #row(channelId: string): Promise<{ readonly kind: ChannelKind; readonly address: Buffer }> {
    const [row] = await rowsOf<{ kind: ChannelKind; address: Buffer }>(this.#pool, 'channel-address', [
      channelId,
    ]);
    if (row) return row;
    throw new BadInput('There is no such channel', [
      { path: 'channel', found: JSON.stringify(channelId), expected: 'a channel that was not removed' },
    ]);
  }

  /** @throws NotFound */
  async #userId(userName: string, { userId }: Scope): Promise<string> {
    const [user] = await rowsOf<{ userId: string }>(this.#pool, 'find-user', [userName, userId]);
    if (!user) throw new NotFound('user', userName);
    return user.userId;
  }
}

/** What is left out is as usual. */
const settingValues = ({
  noise = 'warning',
  overrides = {},
  isBackup = false,
  isEnabled = true,
  quietHours = null,
  digestAt = null,
  rank,
}: Partial<ChannelSettings>): readonly unknown[] => [
  noise,
  JSON.stringify(overrides),
  isBackup,
  isEnabled,
  quietHours?.from ?? null,
  quietHours?.until ?? null,
  digestAt,
  rank ?? null,
];

function assertName(name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return;
  throw wrongValue(
    'name',
    JSON.stringify(name),
    '1 to 64 letters, digits, spaces or . _ @ -, starting with a letter or digit',
  );
}
