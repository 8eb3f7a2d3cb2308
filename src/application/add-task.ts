/** Asks the daemon that manages an account to manage a position in it. */
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { Caller } from './caller.ts';
import { sendCommand, type CommandResult } from './send-command.ts';
import { findAccount, type AccountName } from './find-account.ts';
import type { Ports } from './ports.ts';
import { commandIdOf, newTaskId, taskIdOf } from './task-id.ts';

export interface TaskToAdd {
  /** The account that holds the position. */
  readonly account: AccountName;
  /** As a person wrote it; the daemon reads it again and compares it with the position. */
  readonly spec: unknown;
  readonly waitMs: number;
  /** Asking twice under one id adds one task: an id that nobody can guess. */
  readonly requestId?: string | undefined;
}

/**
 * Checks the spec, sends it as a command and waits up to `waitMs` for the answer. Without one the command stays queued.
 * @throws BadInput when the spec is wrong in itself; NotFound and Ambiguous as `findAccount`; NotAllowed to viewers
 */
export async function addTask(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'commands' | 'rules'>,
  { account, spec, waitMs, requestId }: TaskToAdd,
): Promise<CommandResult> {
  parseTaskSpec(spec, ports.rules);
  const found = await findAccount(caller, ports, account);
  const held = { accountId: found.accountId, accountName: found.name, role: found.role };
  return sendCommand(caller, ports, {
    account: held,
    taskId: requestId === undefined ? newTaskId() : taskIdOf(requestId),
    kind: 'add',
    payload: spec,
    waitMs,
    ...(requestId !== undefined && { commandId: commandIdOf(requestId) }),
  });
}
