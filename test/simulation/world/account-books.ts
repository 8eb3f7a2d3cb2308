/**
 * What bounds the accounts of a simulated world: halts, which of them a daemon has put into force, limits, and what turns have
 * used of these, with the conditions that the real statements have. How a daemon reaches it, and when not, is in store.ts.
 */
import type { Halt } from '../../../src/domain/halt.ts';
import type { AccountLimits } from '../../../src/domain/rules/account-limits.ts';
import type { LimitsBook, TurnUse } from '../../../src/ports/account-limits.ts';
import type { HaltBook, StandingHalt } from '../../../src/ports/halts.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';

/** Every account is of one user here. */
const userId = '1';

/** Told of what becomes durable or is read, at that moment. */
export interface BoundsWitness {
  halted(haltId: string, accountId: string | null): void;
  lifted(haltId: string): void;
  /** A daemon has put these halts into force in an account, and no others. */
  noted(accountId: string, owner: string, haltIds: readonly string[]): void;
  limitsRead(accountId: string, owner: string, limits: AccountLimits): void;
}

export const noBoundsWitness: BoundsWitness = {
  halted: () => undefined,
  lifted: () => undefined,
  noted: () => undefined,
  limitsRead: () => undefined,
};

export class SimAccountBounds {
  readonly #witness: BoundsWitness;
  readonly #halts = new Map<string, StandingHalt>();
  readonly #notedBy = new Map<string, string>();
  readonly #limits = new Map<string, AccountLimits>();
  readonly #uses = new Map<string, TurnUse[]>();
  #made = 0;

  constructor(witness: BoundsWitness) {
    this.#witness = witness;
  }

  /** @param accountId `null` for everything @returns how to lift it */
  halt(accountId: string | null, sinceMs: number): () => void {
    const id = `halt:${(this.#made += 1)}`;
    const halt: Halt = {
      cause: 'halt',
      scope: accountId === null ? 'everything' : 'account',
      by: 'operator',
      reason: null,
      sinceMs,
    };
    this.#halts.set(id, { ...halt, id, accountId, userId: null });
    this.#witness.halted(id, accountId);
    return () => {
      this.#halts.delete(id);
      this.#witness.lifted(id);
    };
  }

  halts(accountId?: string): readonly StandingHalt[] {
    const all = [...this.#halts.values()];
    return accountId === undefined
      ? all
      : all.filter((halt) => halt.accountId === null || halt.accountId === accountId);
  }

  /** As `enter-accounts.sql`: from here on this daemon is the one whose word counts. */
  enter(accountId: string, owner: string): readonly StandingHalt[] {
    this.#notedBy.set(accountId, owner);
    const halts = this.halts(accountId);
    this.#witness.noted(
      accountId,
      owner,
      halts.map(({ id }) => id),
    );
    return halts;
  }

  /** As `note-halts-in-force.sql`. */
  note(accountId: string, owner: string, haltIds: readonly string[]): void {
    if (this.#notedBy.get(accountId) === owner) this.#witness.noted(accountId, owner, haltIds);
  }

  setLimits(accountId: string, limits: AccountLimits): void {
    this.#limits.set(accountId, limits);
  }

  readLimits(accountIds: readonly string[], owner: string): ReadonlyMap<string, AccountLimits> {
    for (const accountId of accountIds)
      this.#witness.limitsRead(accountId, owner, this.#limits.get(accountId) ?? {});
    return new Map([...this.#limits].filter(([accountId]) => accountIds.includes(accountId)));
  }

  committed({ accountId, taskId, expectedVersion, use }: TurnRecord): void {
    if (!use) return;
    const turns = this.#uses.get(accountId) ?? [];
    turns.push({ taskId, version: expectedVersion + 1, use });
    this.#uses.set(accountId, turns);
  }

  usedSince(accountId: string, sinceMs: number): readonly TurnUse[] {
    return (this.#uses.get(accountId) ?? [])
      .map((turn) => ({ ...turn, use: turn.use.filter(({ atMs }) => atMs >= sinceMs) }))
      .filter(({ use }) => use.length > 0);
  }
}

/** One daemon's view of it, over the way to the database that `ask` is. */
export function booksOf(
  bounds: SimAccountBounds,
  owner: string,
  ask: <T>(what: string, run: () => T) => Promise<T>,
): { readonly halts: HaltBook; readonly limits: LimitsBook } {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    halts: {
      enter: (accountId) =>
        ask('What halts the account', () => ({ userId, halts: bounds.enter(accountId, owner) })),
      inForce: () => ask('Reading halts', () => bounds.halts()),
      noteInForce: (accounts) =>
        ask('Noting halts', () => {
          for (const { accountId, haltIds } of accounts) bounds.note(accountId, owner, haltIds);
        }),
      warnOfAccessEnds: nothing,
      listen: nothing,
    },
    limits: {
      limitsOf: (accountIds) => ask('Reading limits', () => bounds.readLimits(accountIds, owner)),
      usedSince: (accountId, sinceMs) => ask('Reading use', () => bounds.usedSince(accountId, sinceMs)),
      listenForLimits: nothing,
    },
  };
}
