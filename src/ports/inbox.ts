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
  readonly kind: 'add' | 'preview' | 'pause' | 'resume' | 'retry' | 'reopen' | 'acceptFlat';
  /** Parsed JSON; for `add`, and for the `preview` of what is not in care yet, the task's spec. */
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
