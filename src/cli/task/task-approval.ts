/** `rollkeeper task approve` and `rollkeeper task decline`: answers to a task that asks before it trades. */
import { Command } from 'commander';
import { answerApproval } from '../../application/answer-approval.ts';
import { operator } from '../../application/caller.ts';
import { showResolution, type ShownResolution } from '../../application/resolve-task.ts';
import { questionText } from '../../domain/explain/approval-text.ts';
import type { AskedNow } from '../../domain/roll/question.ts';
import { withStore } from '../shell/database.ts';
import { fitted } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';

interface Options extends CommonOptions {
  readonly wait: string;
  readonly dryRun?: boolean;
  readonly approval?: string;
}

export const taskApproveCommand = (): Command =>
  commandFor(
    'approve',
    'Let a task trade that asks before it does',
    `The trade is planned anew at once, and made if it is not worse than was shown by more than the tolerance of its rule. If it
is, or goes somewhere else by now, the task asks again.`,
  );

export const taskDeclineCommand = (): Command =>
  commandFor(
    'decline',
    'Forbid the trade that a task asks about',
    `Its rule rests for its cooldown, for an hour at least, before it asks again. Other rules go on; to stop them too, pause the
task.`,
  );

function commandFor(answer: 'approve' | 'decline', description: string, explanation: string): Command {
  return new Command(answer)
    .description(description)
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .option('--approval <id>', 'the question that is answered; without it, the one that is shown here')
    .option('--dry-run', 'show what is asked, and answer nothing')
    .addOption(waitOption())
    .addHelpText('after', help(answer, explanation))
    .action(async (given: string, options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const shown = await showResolution(operator, store, given);
        const asked = askedIn(shown);
        const { taskId } = shown;
        if (options.dryRun === true) {
          session.out.record({ taskId, asked });
          session.out.say(
            fitted(`Task ${taskId}: ${asked ? questionText(asked) : 'nothing waits for an answer'}.`),
          );
          return;
        }
        const approvalId = options.approval ?? asked?.approvalId;
        if (asked && approvalId === asked.approvalId) session.out.say(fitted(`${questionText(asked)}.`));
        const reply = { taskId, approvalId, answer, waitMs: waitSeconds * 1_000 };
        reportAnswer(session, await answerApproval(operator, store, reply), waitSeconds);
      });
    });
}

/** What the task asks now, as it is stored; `null` when it asks nothing. */
const askedIn = ({ resolution }: ShownResolution): AskedNow | null =>
  resolution?.stuck?.code === 'approvalWanted' ? resolution.stuck.figures : null;

const help = (name: string, explanation: string): string => `
${explanation}
An answer counts once; one that comes too late is refused, with what happened instead. Without a running daemon the command is
queued; the time for an answer runs on meanwhile.

Examples:
  rollkeeper task ${name} k7m2p9qx4d --dry-run     show what is asked, until when, and what happens without an answer
  rollkeeper task ${name} k7m2p9qx4d
  rollkeeper task ${name} k7m2p9qx4d --approval k7m2p9qx4d-v12 --json

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}; with --dry-run
{"taskId":…,"asked":{"approvalId":…,"shown":{"legs":[…],"netCredit":…,"fees":…,"tolerance":…},"untilMs":…,"otherwise":…}|null}

Exit codes: 0 done, queued or shown · 1 failed or refused · 2 no such task`;
