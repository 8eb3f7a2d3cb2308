/** What a roll of a task, or of a position that is not managed yet, would do now. Nothing is changed or stored. */
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { TradeWish } from '../domain/rules/rule.ts';
import type { AdviceReply } from '../ports/advice.ts';
import type { Caller } from './caller.ts';
import type { TaskQuestion } from './explain-task.ts';
import { findAccount, type AccountName } from './find-account.ts';
import { findTask } from './find-task.ts';
import type { Ports } from './ports.ts';
import { newTaskId } from './task-id.ts';

/** @returns null when no daemon has answered within `waitMs` @throws NotFound when the caller sees no such task */
export async function previewTask(
  caller: Caller,
  ports: Pick<Ports, 'tasks' | 'advice'>,
  { taskId: given, waitMs, trade }: TaskQuestion & { readonly trade?: TradeWish },
): Promise<AdviceReply | null> {
  const { accountId, taskId } = await findTask(caller, ports, given);
  return ports.advice.ask({ accountId, taskId, spec: null, ...(trade && { trade }) }, waitMs);
}

export interface SpecQuestion {
  /** The account that holds the position. */
  readonly account: AccountName;
  /** As a person wrote it. */
  readonly spec: unknown;
  readonly waitMs: number;
}

/**
 * @returns null when no daemon has answered within `waitMs`
 * @throws BadInput when the spec is wrong in itself; NotFound and Ambiguous as `findAccount`
 */
export async function previewSpec(
  caller: Caller,
  ports: Pick<Ports, 'directory' | 'advice' | 'rules'>,
  { account, spec, waitMs }: SpecQuestion,
): Promise<AdviceReply | null> {
  parseTaskSpec(spec, ports.rules);
  const { accountId } = await findAccount(caller, ports, account);
  return ports.advice.ask({ accountId, taskId: newTaskId(), spec }, waitMs);
}
