/** What a command is answered with: done, still queued, or refused with the daemon's own sentence. */
import type { FastifyReply } from 'fastify';
import type { CommandResult } from '../../application/send-command.ts';
import { Refusal } from '../problem.ts';

/** @param done status of a command that was done; 200 for most @throws Refusal 409 when the daemon refused */
export function answered(
  reply: FastifyReply,
  result: CommandResult,
  { done = 200 }: { readonly done?: number } = {},
): CommandResult {
  if (result.status === 'refused')
    throw new Refusal(409, result.answer ?? 'The daemon refused it', { title: 'Refused' });
  reply.code(result.status === 'queued' ? 202 : done);
  return result;
}
