/** Answers a task that asks before it trades. The answer counts once; whether it still counts, the task says. */
import type { Caller } from './caller.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { sendCommand, type CommandResult } from './send-command.ts';

export interface ApprovalAnswer {
  readonly taskId: string;
  /** The question that was shown. Default: the one that stands when the answer arrives. */
  readonly approvalId?: string | undefined;
  readonly answer: 'approve' | 'decline';
  readonly waitMs: number;
}

/**
 * Sends the answer and waits up to `waitMs` for what becomes of it: `refused` when nothing waits for it, or it is about another
 * question than the one that stands. An approval says that the trade is planned anew, not how that ends.
 * @throws NotFound, AmbiguousTask and NotAllowed as `findTaskToChange`
 */
export async function answerApproval(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, approvalId, answer, waitMs }: ApprovalAnswer,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  return sendCommand(caller, ports, {
    account: task,
    taskId: task.taskId,
    kind: answer,
    payload: { approvalId: approvalId ?? null },
    waitMs,
  });
}
