/** `rollkeeper task ledger`. */
import { Command } from 'commander';
import { ledgerView, type LedgerView } from '../../domain/explain/advice.ts';
import { workingOrderIn, type TaskSnapshot } from '../../domain/roll/holdings.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { endingText } from '../../domain/explain/task-ending-text.ts';
import { endingOf, type TaskEnding } from '../../domain/roll/task-ending.ts';
import { askAdvice } from './advice.ts';
import { parseWait, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { renderTable, timeText } from '../shell/output.ts';
import { moneyCells, moneyHead } from './roll-cells.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { knownTask } from './task-show.ts';

export const taskLedgerCommand = (): Command =>
  new Command('ledger')
    .description('Show what a task earned and paid over all its rolls')
    .argument('<id>', 'the task')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const { accountId, state, snapshotJson } = await knownTask(store, taskId);
        if (snapshotJson === null) {
          session.out.say('No daemon has taken it up yet: there is nothing to account for.');
          return;
        }
        const snapshot = JSON.parse(snapshotJson) as TaskSnapshot<RollContext>;
        const { context } = snapshot;
        const answer =
          state === 'COMPLETED'
            ? ({ kind: 'none' } as const)
            : await askAdvice(store, { accountId, taskId, spec: null, waitSeconds });
        const view =
          answer.kind === 'advice' ? answer.advice.ledger : ledgerView(context, workingOrderIn(snapshot));
        const rolls = await store.tasks.rollsOf(taskId);
        const ending = state === 'COMPLETED' ? endingOf(context) : null;
        session.out.record({ taskId, state, ending, held: context.held, ...view, rolls });
        session.out.say(pageOf(view, rolls, ending));
        if (answer.kind !== 'advice' && state !== 'COMPLETED')
          session.out.say('\nThe open result needs a daemon, which knows what the option is worth now.');
      });
    });

function pageOf(
  { ledger, holdings, cashFlow, openResult, breakEven }: LedgerView,
  rolls: readonly RollSummary[],
  ending: TaskEnding | null,
): string {
  const { adopted, credits, debits, fees, realised, settlement } = ledger;
  const side = adopted.side === 'Sell' ? 'short' : 'long';
  const facts: [string, string][] = [
    ['Adopted', `${side} ${adopted.qty} ${adopted.symbol}, opened for ${adopted.premium}`],
    [
      'Holds',
      holdings.map((held) => `${side} ${held.qty} ${held.symbol}, opened for ${held.premium}`).join('; ') ||
        'nothing',
    ],
    ...(ending === null ? [] : [['Ended', endingText(ending)] as [string, string]]),
    ['Received', credits],
    ['Paid', debits],
    ['Fees', fees],
    ['Cash flow', cashFlow],
    ['Realised', `${realised} before fees`],
    ...(openResult === null ? [] : [['Open', `${openResult} at the mark`] as [string, string]]),
    ...(breakEven === null ? [] : [['Break-even', breakEven] as [string, string]]),
    ...(settlement === null
      ? []
      : [['Delivered', `at ${settlement.deliveryPrice}, ${timeText(settlement.atMs)}`] as [string, string]]),
    ...(ledger.changedByOwner === '0'
      ? []
      : [['By its owner', `${ledger.changedByOwner}, at prices not known here`] as [string, string]]),
  ];
  const rows = rolls.map((roll) => [
    ...[
      timeText(roll.endedAtMs),
      roll.fromSymbol,
      roll.toSymbol ?? (roll.isFlat ? '(flat)' : '(closed)'),
      roll.qty,
    ],
    ...moneyCells(roll),
  ]);
  const head = ['TIME', 'FROM', 'TO', 'QTY', ...moneyHead];
  const table = rows.length === 0 ? '' : `\n\nRolls\n${renderTable(head, rows)}`;
  return facts.map(([name, text]) => `${`${name}:`.padEnd(14)}${text}`).join('\n') + table;
}

const help = `
Money is in settle coin, exactly as the exchange executed and charged it. Cash flow is what the account's balance has
moved by since the task was added. Realised counts what was closed or delivered, the open result what is still held.

Examples:
  rollkeeper task ledger k7m2p9qx4d
  rollkeeper task ledger k7m2p9qx4d --json

Exit codes: 0 shown · 1 failed · 2 no such task`;
