/** Channels in the database (ports/channel-book.ts). It seals addresses before they are stored; vault.ts encrypts. */
import type { Pool } from 'pg';
import { BadInput } from '../../domain/errors.ts';
import { NotFound } from '../../domain/request-errors.ts';
import type { Channel, ChannelBook, ChannelSettings, NewChannel } from '../../ports/channel-book.ts';
import type { ChannelAddress, ChannelKind } from '../../ports/channels.ts';
import type { Scope } from '../../ports/directory.ts';
import { isDuplicate } from '../database-errors.ts';
import { everything } from '../read/everything.ts';
import { rowsOf } from '../rows.ts';
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
  ): Promise<{ readonly channelId: string }> {
    assertName(name);
    const userId = await this.#userId(userName, scope);
    const [next] = await rowsOf<{ id: string }>(this.#pool, 'next-channel-id', []);
    const channelId = next?.id ?? '';
    const { noise, overrides, isBackup, isEnabled, quietHours, digestAt, rank } = settings;
    const values = [channelId, userId, kind, name, this.#sealed(address, kind, channelId)];
    values.push(noise ?? 'warning', JSON.stringify(overrides ?? {}));
    try {
      await rowsOf(this.#pool, 'insert-channel', [
        ...values,
        isBackup ?? false,
        isEnabled ?? true,
        quietHours?.from ?? null,
        quietHours?.until ?? null,
        digestAt ?? null,
        rank ?? null,
      ]);
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
    channelId: string,
    changes: Partial<ChannelSettings> & { readonly address?: ChannelAddress },
  ): Promise<void> {
    const { noise, overrides, isBackup, isEnabled, quietHours, digestAt, rank, address } = changes;
    await rowsOf(this.#pool, 'edit-channel', [
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
      address === undefined ? null : this.#sealed(address, (await this.#row(channelId)).kind, channelId),
    ]);
  }

  async removeChannel(channelId: string): Promise<void> {
    await rowsOf(this.#pool, 'remove-channel', [channelId]);
  }

  async addressOf(channelId: string): Promise<ChannelAddress> {
    const { kind, address } = await this.#row(channelId);
    const opened = this.#vault.open(address, { kind: 'channel', id: channelId, beside: kind });
    return JSON.parse(opened) as ChannelAddress;
  }

  async setTimeZone(userName: string, timeZone: string, scope: Scope = everything): Promise<void> {
    await rowsOf(this.#pool, 'set-time-zone', [await this.#userId(userName, scope), timeZone]);
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

function assertName(name: string): void {
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return;
  throw wrongValue(
    'name',
    JSON.stringify(name),
    '1 to 64 letters, digits, spaces or . _ @ -, starting with a letter or digit',
  );
}
