/** Sends one command to the daemon that manages a task, and waits for its answer. Without a daemon it stays queued. */
import type { NewCommand } from '../ports/command-sending.ts';
import { askedBy, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface CommandResult {
  readonly taskId: string;
  readonly commandId: string;
  readonly status: 'queued' | 'done' | 'refused';
  /** One sentence; `null` while queued. */
  readonly answer: string | null;
}

export interface CommandToSend extends Omit<NewCommand, 'askedBy'> {
  /** How long to wait for a daemon's answer. */
  readonly waitMs: number;
}

/**
 * Does not check whether the caller may see the account: each use case has done so.
 * @throws BadInput as `CommandSending.send`
 */
export async function sendCommand(
  caller: Caller,
  { commands }: Pick<Ports, 'commands'>,
  { waitMs, ...command }: CommandToSend,
): Promise<CommandResult> {
  const commandId = await commands.send({ ...command, askedBy: askedBy(caller) });
  const answer = await commands.awaitAnswer(commandId, waitMs);
  const { taskId } = command;
  return answer === null
    ? { taskId, commandId, status: 'queued', answer: null }
    : { taskId, commandId, status: answer.status, answer: answer.text };
}
