/** A daemon's side of the store, and what the cases of task ownership need besides to drive it. */
import type { CommandAnswer } from '../../../src/ports/inbox.ts';
import type { Journal, StoredTask, TaskOwnership } from '../../../src/ports/journal.ts';
import type { Closable } from './contract.ts';
import type { JournaledTurn } from './journal.ts';

/** What a daemon has of the store. */
export interface DaemonStore {
  readonly ownership: TaskOwnership;
  readonly journal: Journal;
}

export interface OwnershipFixture extends DaemonStore, Closable {
  /** The only account; no daemon has claimed it yet. */
  readonly accountId: string;
  readonly addAccount: () => Promise<string>;
  /** Another daemon on the same database. */
  readonly join: (name: string) => Promise<DaemonStore>;
  /** The server ends the session of the first daemon. */
  readonly loseSession: () => Promise<void>;
  readonly stored: (taskId: string) => Promise<StoredTask | null>;
  readonly rows: (taskId: string) => Promise<readonly JournaledTurn[]>;
  readonly ask: (command: { readonly kind: 'add'; readonly taskId: string }) => Promise<string>;
  readonly answerTo: (commandId: string) => Promise<CommandAnswer | null>;
  readonly until: (what: string, holds: () => boolean) => Promise<void>;
}

/** What this daemon holds after claiming once more. */
export const claimed = async ({ ownership }: Pick<DaemonStore, 'ownership'>): Promise<readonly string[]> =>
  (await ownership.claimAccounts()).shards.flatMap(({ accountIds }) => accountIds);
