/** Sends one command to the daemon that manages a task, and waits for its answer. Without a daemon it stays queued. */
import type { NewCommand } from '../ports/command-sending.ts';
import { actOf, assertRole, type Caller, type HeldRole } from './caller.ts';
import type { Ports } from './ports.ts';

export interface CommandResult {
  readonly taskId: string;
  readonly commandId: string;
  readonly status: 'queued' | 'done' | 'refused';
  /** One sentence; `null` while queued. */
  readonly answer: string | null;
}

export interface CommandToSend extends Omit<NewCommand, 'askedBy' | 'accountId' | 'taskId'> {
  /** The account as the caller found it, and so with the caller's role on it. */
  readonly account: HeldRole & { readonly accountId: string };
  readonly taskId: string;
  /** How long to wait for a daemon's answer. */
  readonly waitMs: number;
}

/**
 * Does not check whether the caller may see the account: each use case has done so by finding it.
 * @throws NotAllowed when the caller is no trader of the account; BadInput as `CommandSending.send`
 */
export async function sendCommand(
  caller: Caller,
  { commands }: Pick<Ports, 'commands'>,
  { waitMs, account, taskId, kind, payload, commandId: given, expectedVersion }: CommandToSend,
): Promise<CommandResult> {
  assertRole(caller, account, 'trader');
  const { accountId } = account;
  const { by, from } = actOf(caller);
  const commandId = await commands.send({
    accountId,
    taskId,
    kind,
    payload,
    askedBy: by,
    from,
    ...(given !== undefined && { commandId: given }),
    ...(expectedVersion !== undefined && { expectedVersion }),
  });
  const answer = await commands.awaitAnswer(commandId, waitMs);
  return answer === null
    ? { taskId, commandId, status: 'queued', answer: null }
    : { taskId, commandId, status: answer.status, answer: answer.text };
}
