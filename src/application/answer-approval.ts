/** Answers a task that asks before it trades. The answer counts once; whether it still counts, the task says. */
import type { Caller } from './caller.ts';
import { findTaskToChange } from './find-task.ts';
import type { Ports } from './ports.ts';
import { commandTask, type CommandResult, type CommandTerms } from './send-command.ts';

export interface ApprovalAnswer extends CommandTerms {
  readonly taskId: string;
  /** The question that was shown. Default: the one that stands when the answer arrives. */
  readonly approvalId?: string | undefined;
  readonly answer: 'approve' | 'decline';
}

/**
 * Sends the answer and waits up to `waitMs` for what becomes of it: `refused` when nothing waits for it, or it is about another
 * question than the one that stands. An approval says that the trade is planned anew, not how that ends.
 * @throws NotFound, AmbiguousTask and NotAllowed as `findTaskToChange`; Outdated
 */
export async function answerApproval(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'commands'>,
  { taskId: given, approvalId, answer, ...terms }: ApprovalAnswer,
): Promise<CommandResult> {
  const task = await findTaskToChange(caller, ports, given);
  const payload = { approvalId: approvalId ?? null };
  return commandTask(caller, ports, { ...terms, task, kind: answer, payload });
}
