/** What the commands for one task have in common: pause, resume, retry, reopen, accept-flat and remove. */
import { Command } from 'commander';
import { askTask, type TaskWish } from '../../application/ask-task.ts';
import { operator, type Caller } from '../../application/caller.ts';
import type { CommandResult } from '../../application/send-command.ts';
import type { Ports } from '../../application/ports.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export interface TaskAsk {
  /** As it is typed. */
  readonly name: string;
  /** The use case. */
  readonly ask: (
    caller: Caller,
    ports: Pick<Ports, 'tasks' | 'commands'>,
    wish: { readonly taskId: string; readonly waitMs: number },
  ) => Promise<CommandResult>;
  readonly description: string;
  /** What a person should know before typing it. */
  readonly explanation: string;
}

/** The use case for a command that needs nothing but the id of the task. */
export const wishFor =
  (kind: TaskWish['kind']): TaskAsk['ask'] =>
  (caller, ports, wish) =>
    askTask(caller, ports, { ...wish, kind });

export const taskAskCommand = ({ name, ask, description, explanation }: TaskAsk): Command =>
  new Command(name)
    .description(description)
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .addOption(waitOption())
    .addHelpText('after', help(name, explanation))
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const wish = { taskId, waitMs: waitSeconds * 1_000 };
        reportAnswer(session, await ask(operator, store, wish), waitSeconds);
      });
    });

const help = (name: string, explanation: string): string => `
${explanation}
Without a running daemon the command is queued; the next daemon does it before it looks at any price.

Examples:
  rollkeeper task ${name} k7m2p9qx4d
  rollkeeper task ${name} k7m2p9qx4d --wait 60 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Exit codes: 0 done or queued · 1 failed or refused · 2 no such task`;
