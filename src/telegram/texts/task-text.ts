/** One task on a phone: where it stands, why it does not roll, and what it has earned. */
import type { TaskAccount } from '../../application/account-for-task.ts';
import type { Explanation } from '../../application/explain-task.ts';
import type { TaskPage } from '../../application/show-task.ts';
import { distanceText } from '../../domain/explain/advice.ts';
import { haltText } from '../../domain/explain/halt-text.ts';
import { reasonTextOrNothing } from '../../domain/explain/reason-text.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import { endingText } from '../../domain/explain/task-ending-text.ts';
import { triggerText } from '../../domain/explain/trigger-text.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import type { MoveSummary } from '../../domain/roll/roll.ts';
import { bold, code, foreign, pre, type Button, type Part } from '../page.ts';
import { columns, moveText, optionText, rounded, shortened, signed, tableWidth, timeIn } from './table.ts';

export interface Reading {
  readonly rules: SymbolRules;
  readonly zone: string;
  readonly nowMs: number;
}

export function taskParts(task: TaskPage, { rules, zone, nowMs }: Reading): readonly Part[] {
  const { taskId, symbol, side, qty, legs, accountName, userName, now, stuck, ending, trigger } = task;
  const { rollsDone, accountTrouble, alerts, cover, halts } = task;
  const what = legs ? `${legs.length} legs` : `${side ?? ''} ${qty} ${optionText(symbol, rules)}`.trim();
  const parts: Part[] = [bold(what), '\n', code(taskId), ` · ${foreign(`${userName}/${accountName}`, 50)}\n`];
  if (legs) {
    const rows = legs.map((leg) => [`${leg.side ?? ''} ${optionText(leg.symbol, rules)}`.trim(), leg.qty]);
    parts.push(pre(columns(rows)), '\n');
  }
  parts.push(`Now: ${now}.\n`);
  if (ending !== null) parts.push(`Ended: ${endingText(ending)}.\n`);
  if (stuck !== null && stuck.code !== 'paused') parts.push(`⚠ ${stuckText(stuck)}.\n`);
  if (accountTrouble !== null)
    parts.push(`⚠ The account cannot trade: ${foreign(accountTrouble.said, 200)}\n`);
  if (ending === null) for (const halt of halts) parts.push(`⛔ ${foreign(haltText(halt), 300)}: /resume\n`);
  if (cover !== null) parts.push(`Cover: ${cover.text}.\n`);
  if (trigger !== null && ending === null) parts.push(`Waits for: ${triggerText(trigger)}.\n`);
  parts.push(`Rolls so far: ${rollsDone}.`);
  const last = alerts.at(-1);
  if (last) parts.push(`\nLast alert, ${timeIn(last.atMs, zone, nowMs)}: ${foreign(last.text, 300)}`);
  return parts;
}

/** What can be done with it. What moves money is asked back before it is done. */
export function taskButtons({ taskId, stuck, ending, holdings }: TaskPage): Button[][] {
  const button = (text: string, verb: string): Button => ({ text, data: `t:${taskId}:${verb}` });
  const looks = [button('Why', 'why'), button('Preview', 'preview'), button('Ledger', 'ledger')];
  if (ending !== null) return [[button('Ledger', 'ledger'), button('Refresh', 'page')]];
  const isPaused = stuck?.code === 'paused';
  const isAsking = stuck?.code === 'approvalWanted';
  const isRolling = stuck !== null && !isPaused && !isAsking && stuck.code !== 'deliveryOverdue';
  const isHeld = holdings !== null;
  return [
    looks,
    ...(isAsking ? [[button('Answer: roll', 'approve'), button('Answer: skip', 'decline')]] : []),
    ...(isRolling
      ? [[button('Retry', 'retry'), button('Reopen', 'reopen'), button('Accept flat', 'flat')]]
      : []),
    ...(isHeld
      ? [
          [
            isPaused ? button('Resume', 'resume') : button('Pause', 'pause'),
            button('Roll now', 'roll'),
            button('Close now', 'close'),
          ],
        ]
      : []),
    [...(isHeld ? [button('Edit', 'edit')] : []), button('Remove', 'remove'), button('Refresh', 'page')],
  ];
}

export const backButton = (taskId: string): Button[][] => [[{ text: '‹ Back', data: `t:${taskId}:page` }]];

export function whyParts(
  { known, reply, accountTrouble, halts }: Explanation,
  { zone, nowMs }: Reading,
): readonly Part[] {
  const parts: Part[] = [bold('Why it does not roll'), `\n${known.now}.\n`];
  if (accountTrouble !== null)
    parts.push(`⚠ The account cannot trade: ${foreign(accountTrouble.said, 200)}\n`);
  for (const halt of halts) parts.push(`⛔ ${foreign(haltText(halt), 300)}: /resume\n`);
  if (reply.kind === 'none') parts.push('No daemon has answered: this is what is stored.\n');
  if (reply.kind === 'refused') parts.push(`The daemon cannot say more now: ${foreign(reply.reason, 200)}\n`);
  if ('rules' in known)
    for (const { name, does, conditions, restsUntilMs, preview } of known.rules) {
      parts.push('\n', bold(known.rules.length === 1 ? does : `${foreign(name, 60)}: ${does}`));
      for (const condition of conditions)
        parts.push(`\n${condition.isReached ? '✓' : '·'} ${condition.text}\n   ${distanceText(condition)}`);
      if (restsUntilMs !== null) parts.push(`\nrests until ${timeIn(restsUntilMs, zone, nowMs)}`);
      if (preview?.would === 'nothing')
        parts.push(`\nIt would not pass now: ${foreign(preview.reason, 200)}`);
      parts.push('\n');
    }
  const reasons = known.reasons.slice(0, 5);
  if (reasons.length > 0) {
    parts.push('\n', bold('Before'));
    for (const reason of reasons)
      parts.push(`\n${timeIn(reason.atMs, zone, nowMs)}: ${foreign(reasonTextOrNothing(reason), 300)}`);
  }
  return parts;
}

const rollsMax = 8;

export function ledgerParts(account: TaskAccount, { rules, zone, nowMs }: Reading): readonly Part[] {
  const { ledger, cashFlow, openResult, breakEven, rolls, ending, isPriced } = account;
  const facts = [
    ['received', rounded(ledger.credits)],
    ['paid', rounded(ledger.debits)],
    ['fees', rounded(ledger.fees)],
    ['cash flow', signed(cashFlow)],
    ['realised before fees', signed(ledger.realised)],
    ...(openResult === null ? [] : [['open at the mark', signed(openResult)]]),
    ...(breakEven === null ? [] : [['break-even', rounded(breakEven)]]),
  ];
  const shown = rolls.slice(-rollsMax);
  const rows = shown.map((roll) => {
    const to = rollText(roll, rules);
    const head = shortened(
      `${timeIn(roll.endedAtMs, zone, nowMs)}  net ${signed(roll.netCredit)}, fees ${rounded(roll.fee)}`,
    );
    return `${head}\n  ${shortened(to, tableWidth - 2)}`;
  });
  const left = rolls.length - shown.length;
  return [
    bold('Ledger'),
    ` in ${account.held.settleCoin}\n`,
    pre(columns(facts)),
    ...(ending === null ? [] : [`\nEnded: ${endingText(ending)}.`]),
    ...(isPriced || ending !== null ? [] : ['\nThe open result needs a daemon, and none has answered.']),
    ...(rows.length === 0
      ? []
      : [
          '\n',
          bold('Rolls'),
          left > 0 ? ` (the last ${rollsMax} of ${rolls.length})\n` : '\n',
          pre(rows.join('\n')),
        ]),
  ];
}

const rollText = ({ fromSymbol, toSymbol }: MoveSummary, rules: SymbolRules): string =>
  toSymbol === null ? `${optionText(fromSymbol, rules)} closed` : moveText(fromSymbol, toSymbol, rules);
