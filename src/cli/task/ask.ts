/**
 * How long a command waits for a daemon's answer, and how it shows that answer. Without a daemon the command stays queued,
 * which is no failure; a refusal is one, and exits with 1.
 */
import { Option } from 'commander';
import { z } from 'zod';
import type { CommandResult } from '../../application/send-command.ts';
import { parseInput } from '../../domain/bad-input.ts';
import type { Session } from '../shell/session.ts';

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

/** Prints the answer, or that the command is still queued, and sets the exit code. */
export function reportAnswer({ out, config }: Session, asked: CommandResult, waitSeconds: number): void {
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
