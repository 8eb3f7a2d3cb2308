/** Commands for tasks, the only way in: each is stored until the daemon that manages the account has answered it. */
export interface CommandAnswer {
  readonly commandId: string;
  readonly status: 'done' | 'refused';
  /** One sentence for the person who asked. */
  readonly text: string;
}

export interface Command {
  readonly commandId: string;
  readonly accountId: string;
  readonly taskId: string;
  readonly kind:
    | 'add'
    | 'edit'
    | 'remove'
    | 'pause'
    | 'resume'
    | 'retry'
    | 'reopen'
    | 'acceptFlat'
    | 'rollNow'
    | 'closeNow'
    | 'approve'
    | 'decline'
    | 'markFilled'
    | 'markNotPlaced';
  /** `operator`, or `user:` and a user's id. Journaled with what the command leads to. */
  readonly askedBy: string;
  /**
   * Parsed JSON, not validated: a task's spec for `add` and `edit`, `{ linkId, qty, price, fee }` for `markFilled`,
   * `{ linkId }` for `markNotPlaced`, `{ rule }` for `rollNow`, `{ approvalId }` or `null` for `approve` and `decline`, otherwise `null`.
   */
  readonly payload: unknown;
  /** The version of the task that was shown to who asked: at another one it is refused. Default: any. */
  readonly expectedVersion?: number | null;
}

export interface Inbox {
  /** Unanswered commands for these accounts, oldest first. Rejects when the database cannot be read. */
  waiting(accountIds: readonly string[]): Promise<readonly Command[]>;
  /** Stores the answer to a command that changed no task. A command that has an answer already keeps it. */
  answer(answer: CommandAnswer): Promise<void>;
  /** Calls `onArrival` whenever a command may have arrived, also without one and after a reconnect. */
  listen(onArrival: () => void): Promise<void>;
}
