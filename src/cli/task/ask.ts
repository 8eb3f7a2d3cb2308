/**
 * Asking something of a task: a command into the inbox, a while of waiting for the owning daemon, and what is said
 * about either outcome. No daemon is no failure: the command waits for one. A refusal is, and exits with 1.
 */
import { Option } from 'commander';
import { z } from 'zod';
import { parseInput } from '../../domain/bad-input.ts';
import type { Store } from '../../store/store.ts';
import type { Question } from '../../store/read/task-rows.ts';
import type { Session } from '../shell/session.ts';

export interface Asked {
  readonly taskId: string;
  readonly commandId: string;
  readonly status: 'queued' | 'done' | 'refused';
  /** The daemon's sentence; null while queued. */
  readonly answer: string | null;
}

export const waitOption = (): Option =>
  new Option('--wait <seconds>', "how long to wait for a daemon's answer").default('5');

const waitExpected = 'whole seconds from 0 to 3600';
const waitShape = z.object({
  '--wait': z
    .string()
    .regex(/^\d{1,4}$/, { error: waitExpected })
    .transform(Number)
    .refine((seconds) => seconds <= 3_600, { error: waitExpected }),
});

/** @throws BadInput */
export const parseWait = (text: string): number =>
  parseInput(waitShape, { '--wait': text }, 'The command is not right')['--wait'];

export async function ask(store: Store, question: Question, waitSeconds: number): Promise<Asked> {
  const { taskId } = question;
  const commandId = await store.tasks.ask(question);
  const answer = await store.tasks.awaitAnswer(commandId, waitSeconds * 1_000);
  return answer === null
    ? { taskId, commandId, status: 'queued', answer: null }
    : { taskId, commandId, status: answer.status, answer: answer.text };
}

export function tell({ out, config }: Session, asked: Asked, waitSeconds: number): void {
  out.record(asked);
  const { taskId, status, answer } = asked;
  if (status === 'refused') process.exitCode = 1;
  if (status !== 'queued') {
    out.say(`Task ${taskId}: ${status === 'refused' ? 'refused: ' : ''}${answer ?? ''}`);
    return;
  }
  out.say(`Task ${taskId}: queued. No daemon has answered within ${String(waitSeconds)} s.`);
  out.say(`It will be done as soon as a daemon in ${config.mode} mode runs on this database.`);
  out.next('rollkeeper start', `rollkeeper task show ${taskId}`);
}
