/**
 * Halts of trading in the database: those that people make, with the alerts and the record of the act in one transaction, and
 * which of them each daemon has put into force. Halting and the entering of an account wait for each other, so that a daemon
 * either knows of a halt when it begins, or is one that the halt waits for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Retryable } from '../../domain/errors.ts';
import type {
  EnteredAccount,
  HaltBook,
  HaltingAct,
  HaltKeeping,
  HaltTarget,
  NewArming,
  NewHalt,
  PendingHalt,
  StandingHalt,
} from '../../ports/halts.ts';
import type { Listening } from '../commands/listening.ts';
import { askedTogether } from '../asked-together.ts';
import { describeDatabaseError } from '../database-errors.ts';
import { storable } from '../journal/flush-turns.ts';
import { haltsLock, shardLockClass, shardsTotal } from '../ownership/advisory-locks.ts';
import type { Pools } from '../pool.ts';
import { recordAct } from '../people/record.ts';
import { inTransaction, plannedRowsOf, rowsOf } from '../rows.ts';
import { sql } from '../sql.ts';

/** Channel of the notices that something may have changed; migration 0018 sends them. */
const haltsChannel = 'rollkeeper_halts';

const confirmPollMs = 25;

export interface HaltsOptions extends Pools {
  readonly listening: Listening;
  /** Session of this daemon. */
  readonly owner: string;
}

type HaltOfAccount = StandingHalt & { readonly haltedAccountId: string };

export class PostgresHalts implements HaltKeeping, HaltBook {
  readonly #options: HaltsOptions;
  readonly #ofAccount: (accountId: string) => Promise<readonly StandingHalt[] | null>;
  /** The owner of an account that is entered. A daemon that starts enters all of its accounts at once. */
  readonly #entered: (accountId: string) => Promise<string | null>;

  constructor(options: HaltsOptions) {
    this.#options = options;
    this.#ofAccount = askedTogether((accountIds) => haltsByAccount(options, accountIds));
    this.#entered = askedTogether((accountIds) => enterAccounts(options, accountIds), { oneAtATime: true });
  }

  async halt(halt: NewHalt): Promise<{ readonly haltId: string; readonly isNew: boolean }> {
    const { accountId, userId, isByOperator, by, from, reason } = halt;
    const values = [accountId, userId, isByOperator, by, from, reason === null ? null : storable(reason)];
    let made: { readonly id: string; readonly isNew: boolean } | undefined;
    await inTransaction(this.#options.pool, async (client) => {
      await client.query(sql('lock-halts'), [haltsLock]);
      const { rows } = await client.query<{ id: string; isNew: boolean }>(sql('halt-trading'), values);
      made = rows[0];
    });
    if (!made) throw new Retryable('the same was halted and resumed by others meanwhile');
    return { haltId: `halt:${made.id}`, isNew: made.isNew };
  }

  async lift({ accountId, userId, isByOperator, by, from }: HaltingAct): Promise<readonly string[]> {
    const values = [accountId, userId, isByOperator, by, from];
    const { rows } = await this.#options.pool.query<{ id: string }>(sql('lift-halts'), values);
    return rows.map(({ id }) => id);
  }

  async arm({
    accountIds,
    isArmed,
    by,
    from,
  }: NewArming): Promise<{ readonly changed: readonly string[]; readonly haltIds: readonly string[] }> {
    const changed: string[] = [];
    await inTransaction(this.#options.pool, async (client) => {
      await client.query(sql('lock-halts'), [haltsLock]);
      const { rows } = await client.query<{ accountId: string }>(sql('arm-accounts'), [
        accountIds,
        isArmed ? by : null,
      ]);
      for (const { accountId } of rows) {
        const act = isArmed ? 'account.arm' : 'account.disarm';
        await recordAct(client, { by, from }, { act, accountId });
        changed.push(accountId);
      }
    });
    return { changed, haltIds: accountIds.map((accountId) => `notArmed:${accountId}`) };
  }

  async ofAccounts(accountIds: readonly string[]): Promise<ReadonlyMap<string, readonly StandingHalt[]>> {
    const found = new Map<string, readonly StandingHalt[]>();
    await Promise.all(
      accountIds.map(async (accountId) => {
        const halts = await this.#ofAccount(accountId);
        if (halts) found.set(accountId, halts);
      }),
    );
    return found;
  }

  inForce(): Promise<readonly StandingHalt[]> {
    return rowsOf<StandingHalt>(this.#options.pool, 'standing-halts', []);
  }

  async accountsIn({ accountId, userId }: HaltTarget): Promise<number> {
    const { rows } = await this.#options.pool.query<{ count: number }>(sql('count-halted-accounts'), [
      accountId,
      userId,
    ]);
    return rows[0]?.count ?? 0;
  }

  async confirmed(
    haltIds: readonly string[],
    { isInForce, waitMs }: { readonly isInForce: boolean; readonly waitMs: number },
  ): Promise<readonly PendingHalt[]> {
    const values = [haltIds, isInForce, shardsTotal, JSON.stringify(shardLockClass)];
    for (let round = 0; ; round += 1) {
      const { rows } = await this.#options.pool.query<PendingHalt>(sql('pending-halts'), values);
      if (rows.length === 0 || round * confirmPollMs >= waitMs) return rows;
      await sleep(confirmPollMs);
    }
  }

  /** @throws Retryable while the database cannot be used */
  async enter(accountId: string): Promise<EnteredAccount> {
    try {
      const userId = await this.#entered(accountId);
      if (userId === null) throw new Retryable(`account ${accountId} is not there`);
      const halts = (await this.ofAccounts([accountId])).get(accountId) ?? [];
      return { userId, halts };
    } catch (error) {
      if (error instanceof Retryable) throw error;
      throw new Retryable(`What halts the account: ${describeDatabaseError(error)}`, { cause: error });
    }
  }

  async noteInForce(accounts: readonly { accountId: string; haltIds: readonly string[] }[]): Promise<void> {
    const values = [this.#options.owner, JSON.stringify(accounts)];
    await this.#options.pool.query(sql('note-halts-in-force'), values);
  }

  async warnOfAccessEnds(): Promise<void> {
    await this.#options.pool.query(sql('warn-of-access-end'));
  }

  async listen(onChange: () => void): Promise<void> {
    await this.#options.listening.listen(haltsChannel, { message: onChange, connected: onChange });
  }
}

/** @returns the owner of each account */
async function enterAccounts(
  { pool, owner }: Pick<HaltsOptions, 'pool' | 'owner'>,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  await inTransaction(pool, async (client) => {
    await client.query(sql('lock-entry'), [haltsLock]);
    const { rows } = await client.query<{ accountId: string; userId: string }>(sql('enter-accounts'), [
      accountIds,
      owner,
    ]);
    for (const { accountId, userId } of rows) owners.set(accountId, userId);
  });
  return owners;
}

async function haltsByAccount(
  pools: Pools,
  accountIds: readonly string[],
): Promise<ReadonlyMap<string, readonly StandingHalt[]>> {
  const found = new Map<string, StandingHalt[]>();
  for (const { haltedAccountId, ...halt } of await plannedRowsOf<HaltOfAccount>(pools, 'halts-of-accounts', [
    accountIds,
  ])) {
    const known = found.get(haltedAccountId);
    if (known) known.push(halt);
    else found.set(haltedAccountId, [halt]);
  }
  return found;
}
