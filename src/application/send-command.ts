/** Sends one command to the daemon that manages a task, and waits for its answer. Without a daemon it stays queued. */
import type { NewCommand } from '../ports/command-sending.ts';
import { Outdated } from '../domain/request-errors.ts';
import type { TaskRow } from '../ports/task-reading.ts';
import { actOf, assertRole, scopeOf, type Caller, type HeldRole } from './caller.ts';
import type { Ports } from './ports.ts';
import { commandIdOf } from './task-id.ts';

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

/** What every command for a task takes besides its own. */
export interface CommandTerms {
  /** How long to wait for a daemon's answer. */
  readonly waitMs: number;
  /** The version that was shown to who asks: at another one nothing is done. Default: any. */
  readonly expectedVersion?: number | undefined;
  /** Asking twice under one id is one command: an id that nobody can guess. Default: each time another one. */
  readonly requestId?: string | undefined;
}

type FoundTask = Pick<TaskRow, 'taskId' | 'version' | 'accountId' | 'accountName' | 'role'>;

/**
 * The same for a task that the caller has found. The daemon compares versions in the turn that would do it.
 * @throws Outdated when the task is at another version than was shown
 */
export async function commandTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  asked: CommandTerms & Pick<NewCommand, 'kind' | 'payload'> & { readonly task: FoundTask },
): Promise<CommandResult> {
  const { task, kind, payload, waitMs, expectedVersion, requestId } = asked;
  const { taskId } = task;
  // Of another version it is another command: one that was refused for its version may be asked again.
  const commandId =
    requestId === undefined
      ? {}
      : { commandId: commandIdOf(`${requestId} ${kind} ${taskId} ${expectedVersion ?? 'any'}`) };
  const send = { account: task, taskId, kind, payload, waitMs, ...commandId };
  if (expectedVersion === undefined) return sendCommand(caller, ports, send);
  assertVersion(task, expectedVersion);
  const result = await sendCommand(caller, ports, { ...send, expectedVersion });
  const now = result.status === 'refused' ? await ports.tasks.showTask(taskId, scopeOf(caller)) : null;
  if (now) assertVersion(now, expectedVersion);
  return result;
}

function assertVersion({ taskId, version }: Pick<TaskRow, 'taskId' | 'version'>, expected: number): void {
  if (version !== expected) throw new Outdated(taskId, { expected, version });
}
