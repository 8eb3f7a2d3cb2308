/**
 * The sending side of the inbox: stores a command for the daemon that manages the account, and waits for its answer.
 */
import type { Command, CommandAnswer } from './inbox.ts';

export interface NewCommand extends Omit<Command, 'commandId'> {
  /** A command that is sent twice under one id is stored once. Default: a random id. */
  readonly commandId?: string;
  /** Where it was asked, as in `Act`. Default: this program. */
  readonly from?: string;
}

export interface CommandSending {
  /**
   * Stores the command and wakes the daemon that manages the account.
   * @returns the command's id, with which its answer is awaited
   * @throws BadInput when the account or the task is unknown, or the id was used for another command
   */
  send(command: NewCommand): Promise<string>;
  /**
   * @returns null when no daemon has answered within `timeoutMs`; the command stays in the inbox
   * @throws BadInput when there is no such command
   */
  awaitAnswer(commandId: string, timeoutMs: number): Promise<CommandAnswer | null>;
}
