/** `rollkeeper task why`. */
import { Command } from 'commander';
import { distanceText, nowText, type Advice } from '../../domain/explain/advice.ts';
import { reasonText } from '../../domain/explain/reason-text.ts';
import type { NotedReason } from '../../domain/roll/reasons.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import type { TaskDetails } from '../../store/read/task-rows.ts';
import { askAdvice } from './advice.ts';
import { parseWait, waitOption } from './ask.ts';
import { troubleText } from '../account/account-trouble.ts';
import { withStore } from '../shell/database.ts';
import { renderTable, timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { guardsOf, noDaemon } from './task-preview.ts';
import { knownTask } from './task-show.ts';
import { viewOf } from './task-view.ts';

export const taskWhyCommand = (): Command =>
  new Command('why')
    .description('Explain why a task did not roll, and how far it is from rolling')
    .argument('<id>', 'the task')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const task = await knownTask(store, taskId);
        const { accountId } = task;
        const isOver = task.state === 'COMPLETED' || task.state === 'QUEUED';
        const answer = isOver
          ? ({ kind: 'none' } as const)
          : await askAdvice(store, { accountId, taskId, spec: null, waitSeconds });
        const known =
          answer.kind === 'advice' ? answer.advice : { taskId, state: task.state, ...storedIn(task) };
        const { accountTrouble, userName, accountName } = viewOf(task);
        session.out.record({ ...known, accountTrouble });
        if (accountTrouble) session.out.say(troubleText(`${userName}/${accountName}`, accountTrouble));
        session.out.say(`${known.state}: ${known.now}.`);
        if (answer.kind === 'advice') session.out.say(waysOf(answer.advice));
        if (known.reasons.length > 0) session.out.say(`\nWhy not before\n${reasonsOf(known.reasons)}`);
        if (answer.kind === 'refused') session.out.say(`\nNo distances: ${answer.reason}.`);
        if (answer.kind === 'none' && !isOver)
          session.out.say(`\nNo distances: ${noDaemon(session.config.mode, waitSeconds)}`);
      });
    });

/** What the database knows without a daemon. */
function storedIn({ state, snapshotJson }: TaskDetails): { now: string; reasons: readonly NotedReason[] } {
  if (snapshotJson === null) return { now: 'no daemon has taken it up yet', reasons: [] };
  const { context } = JSON.parse(snapshotJson) as { context: RollContext };
  return { now: nowText(state, context), reasons: context.reasons };
}

function waysOf({ conditions, preview, triggerHolds }: Advice): string {
  const rows = conditions.map((condition) => [
    condition.isReached ? 'reached' : '',
    condition.text,
    distanceText(condition),
  ]);
  const guards = preview === null ? '' : guardsOf(preview);
  return [
    `\nTrigger: ${triggerHolds ? 'holds now' : 'does not hold now'}\n${renderTable(['', 'CONDITION', 'NOW'], rows)}`,
    ...(preview?.would === 'nothing' ? [`\nIf it held now, it would not roll: ${preview.reason}.`] : []),
    ...(guards === '' ? [] : [`\nGuards\n${guards}`]),
  ].join('\n');
}

const reasonsOf = (reasons: readonly NotedReason[]): string =>
  renderTable(
    ['TIME', 'WHY'],
    reasons.map((reason) => [timeText(reason.atMs), reasonText(reason)]),
  );

const help = `
Shows where the task stands, how far each condition of its trigger is from being reached, what each guard would say of a
roll at this moment, and the last answers of those that came near. Without a daemon it shows what is stored.

Examples:
  rollkeeper task why k7m2p9qx4d
  rollkeeper task why k7m2p9qx4d --json

Exit codes: 0 shown · 1 failed · 2 no such task`;
