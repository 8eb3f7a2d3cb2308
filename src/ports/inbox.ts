/** The one way in: whatever a person asks of a task is a row here until the owning daemon has answered it. */
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
  readonly kind: 'add' | 'edit' | 'remove' | 'pause' | 'resume' | 'retry' | 'reopen' | 'acceptFlat';
  /** Who asks: `operator`, or `user:` and the id of one. Journaled with what the command leads to. */
  readonly askedBy: string;
  /** Parsed JSON; for `add` and `edit` a task's spec, otherwise `null`. */
  readonly payload: unknown;
}

export interface Inbox {
  /** Unanswered commands for these accounts, oldest first. */
  waiting(accountIds: readonly string[]): Promise<readonly Command[]>;
  /** For a command that changed no task. Answering twice keeps the first answer. */
  answer(answer: CommandAnswer): Promise<void>;
  /** Calls back when a command may have arrived; also after a reconnect. */
  listen(onArrival: () => void): Promise<void>;
}
