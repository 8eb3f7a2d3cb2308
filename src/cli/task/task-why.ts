/** `rollkeeper task why`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { explainTask } from '../../application/explain-task.ts';
import { distanceText, type Advice, type RuleAdvice } from '../../domain/explain/advice.ts';
import { haltLine } from '../../domain/explain/halt-text.ts';
import { coverText } from '../../domain/explain/guard-text.ts';
import { reasonText } from '../../domain/explain/reason-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import type { NotedReason } from '../../domain/roll/reasons.ts';
import { parseWait, waitOption } from './ask.ts';
import { troubleText } from '../account/account-trouble.ts';
import { withStore } from '../shell/database.ts';
import { fitted, renderTable, timeText, typedCommand } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { legTable } from './leg-table.ts';
import { guardsOf, noDaemon, ruleTitle } from './task-preview.ts';

export const taskWhyCommand = (): Command =>
  new Command('why')
    .description('Explain why a task did not roll, and how far it is from rolling')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const explained = await explainTask(operator, store, { taskId, waitMs: waitSeconds * 1_000 });
        const { known, reply, accountTrouble, halts, stuck, userName, accountName } = explained;
        session.out.record({ ...known, accountTrouble, halts });
        for (const halt of halts) session.out.say(haltLine(`${userName}/${accountName}`, halt));
        if (accountTrouble) session.out.say(troubleText(`${userName}/${accountName}`, accountTrouble));
        session.out.say(`${known.state}: ${known.now}.`);
        if (stuck && stuck.code !== 'paused')
          session.out.say(
            fitted(
              `It waits: ${stuckText(stuck)}. Ways out: ${typedCommand(`rollkeeper task resolve ${known.taskId}`)}`,
            ),
          );
        if (known.legs) session.out.say(`\nLegs\n${legTable(known.legs)}`);
        if (reply.kind === 'advice' && reply.advice.cover)
          session.out.say(`Cover: ${coverText(reply.advice.cover)}.`);
        if (reply.kind === 'advice')
          for (const rule of reply.advice.rules) session.out.say(wayOf(rule, reply.advice));
        if (known.reasons.length > 0) session.out.say(`\nWhy not before\n${reasonsOf(known.reasons)}`);
        if (reply.kind === 'refused') session.out.say(`\nNo distances: ${reply.reason}.`);
        if (reply.kind === 'none')
          session.out.say(`\nNo distances: ${noDaemon(session.config.mode, waitSeconds)}`);
      });
    });

/** How far a rule is from acting, and what would forbid it. */
function wayOf(rule: RuleAdvice, { rules }: Advice): string {
  const { conditions, preview } = rule;
  const rows = conditions.map((condition) => [
    condition.isReached ? 'reached' : '',
    condition.text,
    distanceText(condition),
  ]);
  const guards = preview === null ? '' : guardsOf(preview);
  return [
    `\n${rules.length === 1 ? '' : `${ruleTitle(rule)}\n`}Trigger: ${holdText(rule)}\n${renderTable(['', 'CONDITION', 'NOW'], rows)}`,
    ...(preview?.would === 'nothing' ? [`\nIf it held now, it would not roll: ${preview.reason}.`] : []),
    ...(guards === '' ? [] : [`\nGuards\n${guards}`]),
  ].join('\n');
}

const holdText = ({ triggerHolds, restsUntilMs }: RuleAdvice): string => {
  const holds = triggerHolds ? 'holds now' : 'does not hold now';
  return restsUntilMs === null ? holds : `${holds}; the rule rests until ${timeText(restsUntilMs)}`;
};

const reasonsOf = (reasons: readonly NotedReason[]): string =>
  renderTable(
    ['TIME', 'WHY'],
    reasons.map((reason) => [timeText(reason.atMs), reasonText(reason)]),
  );

const help = `
Shows the state of the task and, for each of its rules, how far each condition of its trigger is from being reached and the
verdict of each guard on a roll at this moment; and why the last attempts did not roll. Without a daemon it shows what is stored.

Examples:
  rollkeeper task why k7m2p9qx4d
  rollkeeper task why k7m2p9qx4d --json      of a structure also its "legs"

Exit codes: 0 shown · 1 failed · 2 no such task`;
