/** `rollkeeper task list`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { haltsOf } from '../../application/halt-trading.ts';
import { listAccounts } from '../../application/list-accounts.ts';
import { listTasks } from '../../application/list-tasks.ts';
import { isUnreadable, type TaskView } from '../../application/task-view.ts';
import { cannotTrade, troubleText } from '../account/account-trouble.ts';
import { withStore } from '../shell/database.ts';
import { firstTask } from './first-task.ts';
import { shortName } from './leg-table.ts';
import { haltLine } from '../../domain/explain/halt-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import type { TaskEnding } from '../../domain/roll/task-ending.ts';
import { triggerText } from '../../domain/explain/trigger-text.ts';
import { fitted, typedCommand } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const taskListCommand = (): Command =>
  new Command('list')
    .description('Show all tasks, also those that no daemon manages yet (QUEUED)')
    .option('--user <name>', "only this user's")
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const { views, accounts, halts } = await withStore(session, async (store) => {
        const found = await listAccounts(operator, store, { userName: options.user });
        return {
          views: await listTasks(operator, store, { userName: options.user }),
          accounts: found,
          halts: await haltsOf(store, found),
        };
      });
      for (const { stuck, ...view } of views)
        session.out.record({ ...view, stuck: stuck && { ...stuck, text: stuckText(stuck) } });
      if (views.length === 0) {
        session.out.say('There is no task yet.');
        const [account] = accounts;
        if (account) session.out.next(await firstTask(session.config, account.name));
        else session.out.next('rollkeeper user add ann', 'rollkeeper account add main --user ann');
        return;
      }
      session.out.table(
        ['TASK', 'ACCOUNT', 'SYMBOL', 'STATE', 'TRIGGER', 'ROLLS', 'VERSION'],
        views.map((view) => [
          view.taskId,
          `${view.userName}/${view.accountName}`,
          shortName(view.symbol, view.legs),
          stateText(view),
          view.trigger === null ? '?' : triggerText(view.trigger),
          String(view.rollsDone),
          String(view.version),
        ]),
      );
      const troubles = views.flatMap(({ userName, accountName, accountTrouble }) =>
        accountTrouble ? [troubleText(`${userName}/${accountName}`, accountTrouble)] : [],
      );
      for (const text of new Set(troubles)) session.out.say(`\n${text}`);
      for (const { accountId, name, userName } of accounts)
        for (const halt of halts.get(accountId) ?? [])
          session.out.say(`\n${haltLine(`${userName}/${name}`, halt)}`);
      for (const { taskId, stuck } of views)
        if (stuck !== null && stuck.code !== 'paused')
          session.out.say(
            fitted(
              `\nTask ${taskId}: ${stuckText(stuck)}.\n  ${typedCommand(`rollkeeper task resolve ${taskId}`)}`,
            ),
          );
    });

function stateText(task: TaskView): string {
  const { state, ending, stuck, accountTrouble } = task;
  if (isUnreadable(task)) return `${state}, set aside`;
  if (ending !== null) return `${state}: ${endingWord(ending)}`;
  const now = stuck?.code === 'approvalWanted' ? `${state}, asks` : state;
  return accountTrouble === null ? now : `${now}, ${cannotTrade}`;
}

/** `rolled out`, `closed by owner`. */
const endingWord = (ending: TaskEnding): string =>
  ending.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const help = `
States: QUEUED (no daemon yet) · IDLE · ROLL_INITIATED · LEG1_CLOSED · LEG2_OPENING · LEG1_CLOSING · PAUSED · COMPLETED · FAILED;
COMPLETED says how the task ended: rolled out, closed by rule, closed by owner, delivered, removed, or flat in the middle
of a roll.

Of several options that are managed as one, SYMBOL is the first, with the number of the others (+1); task show has all.

Examples:
  rollkeeper task list
  rollkeeper task list --user ann --json      one JSON line per task

Exit codes: 0 shown · 1 failed · 2 unknown user or wrong configuration`;
