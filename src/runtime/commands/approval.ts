/** What a person answers to a task that asks before it trades, as it arrives in the inbox, read into the event for the task. */
import { z } from 'zod';
import { parseInput } from '../../domain/bad-input.ts';
import type { Command } from '../../ports/inbox.ts';

export type ApprovalKind = Extract<Command['kind'], 'approve' | 'decline'>;

/** Without the command that it came with; `approvalId: null` means the question that stands. */
export interface ApprovalRequest {
  readonly type: 'APPROVE' | 'DECLINE';
  readonly approvalId: string | null;
}

const payloadShape = z
  .strictObject({
    approvalId: z
      .string({ error: 'the id of a question, or null' })
      .min(1, { error: 'the id of a question, or null' })
      .max(64, { error: 'the id of a question: at most 64 characters' })
      .nullable()
      .default(null),
  })
  .nullable();

/** @throws BadInput when the payload is neither `null` nor `{ approvalId }` */
export function readApproval(kind: ApprovalKind, payload: unknown): ApprovalRequest {
  const read = parseInput(payloadShape, payload, 'The answer is not right');
  return { type: kind === 'approve' ? 'APPROVE' : 'DECLINE', approvalId: read?.approvalId ?? null };
}
