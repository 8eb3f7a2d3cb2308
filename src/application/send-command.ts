/** One command for the daemon that holds a task, and its answer. No daemon is no failure: the command waits for one. */
import type { NewCommand } from '../ports/command-sending.ts';
import { askedBy, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface CommandResult {
  readonly taskId: string;
  readonly commandId: string;
  readonly status: 'queued' | 'done' | 'refused';
  /** The daemon's sentence; `null` while queued. */
  readonly answer: string | null;
}

export interface CommandToSend extends Omit<NewCommand, 'askedBy'> {
  /** How long to wait for a daemon's answer. */
  readonly waitMs: number;
}

/** The caller may see the account: that is looked at before. @throws BadInput as `CommandSending.send` */
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
