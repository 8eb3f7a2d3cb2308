/** The asking side of the inbox: writes a command for the owning daemon and waits for its answer. */
import type { Command, CommandAnswer } from './inbox.ts';

export interface NewCommand extends Omit<Command, 'commandId'> {
  /** Sending again under the same id sends once. Default: a random one. */
  readonly commandId?: string;
}

export interface CommandSending {
  /**
   * Stores the command and wakes the owning daemon. @returns the command's id, to await the answer with.
   * @throws BadInput when the account or the task is unknown, or the id was used for another command
   */
  send(command: NewCommand): Promise<string>;
  /**
   * @returns null when no daemon has answered within `timeoutMs`; the command waits on
   * @throws BadInput when there is no such command
   */
  awaitAnswer(commandId: string, timeoutMs: number): Promise<CommandAnswer | null>;
}
