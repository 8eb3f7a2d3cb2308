/** `rollkeeper task ledger`. */
import { Command } from 'commander';
import { accountForTask, type TaskAccount } from '../../application/account-for-task.ts';
import { operator } from '../../application/caller.ts';
import { endingText } from '../../domain/explain/task-ending-text.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import { parseWait, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { renderTable, timeText } from '../shell/output.ts';
import { moneyCells, moneyHead } from './roll-cells.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const taskLedgerCommand = (): Command =>
  new Command('ledger')
    .description('Show what a task earned and paid over all its rolls')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (taskId: string, options: CommonOptions & { readonly wait: string }) => {
      const waitSeconds = parseWait(options.wait);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const waitMs = waitSeconds * 1_000;
        const account = await accountForTask(operator, store, { taskId, waitMs });
        if (account === null) {
          session.out.say('No daemon has managed this task yet, so its ledger is empty.');
          return;
        }
        const { isPriced, ...known } = account;
        session.out.record(known);
        session.out.say(pageOf(known));
        if (!isPriced && known.state !== 'COMPLETED')
          session.out.say('\nThe open result needs a daemon: it knows what the option is worth now.');
      });
    });

function pageOf(account: Omit<TaskAccount, 'isPriced'>): string {
  const { ledger, holdings, cashFlow, openResult, breakEven, rolls, ending } = account;
  const { adopted, credits, debits, fees, realised, settlement } = ledger;
  const { others = [], ...first } = adopted;
  const deliveries = ledger.settlements ?? (settlement === null ? [] : [settlement]);
  const facts: [string, string][] = [
    ['Adopted', [first, ...others].map(openedText).join('; ')],
    ['Holds', holdings.map(openedText).join('; ') || 'nothing'],
    ...(ending === null ? [] : [['Ended', endingText(ending)] as [string, string]]),
    ['Received', credits],
    ['Paid', debits],
    ['Fees', fees],
    ['Cash flow', cashFlow],
    ['Realised', `${realised} before fees`],
    ...(openResult === null ? [] : [['Open', `${openResult} at the mark`] as [string, string]]),
    ...(breakEven === null ? [] : [['Break-even', breakEven] as [string, string]]),
    ...deliveries.map(({ symbol, deliveryPrice, atMs }): [string, string] => {
      const what = deliveries.length > 1 || others.length > 0 ? `${symbol} ` : '';
      return ['Delivered', `${what}at ${deliveryPrice}, ${timeText(atMs)}`];
    }),
    ...(ledger.changedByOwner === '0'
      ? []
      : [['By its owner', `${ledger.changedByOwner}, at prices not known here`] as [string, string]]),
  ];
  const rows = rolls.map((roll) => [
    timeText(roll.endedAtMs),
    roll.fromSymbol,
    roll.toSymbol ?? (roll.isFlat ? '(flat)' : '(closed)'),
    roll.qty,
    ...moneyCells(roll),
  ]);
  const head = ['TIME', 'FROM', 'TO', 'QTY', ...moneyHead];
  const table = rows.length === 0 ? '' : `\n\nRolls\n${renderTable(head, rows)}`;
  return facts.map(([name, text]) => `${`${name}:`.padEnd(14)}${text}`).join('\n') + table;
}

/** `short 0.3 BTC-25DEC26-64000-C-USDT, opened for 271.5`, with the name of a leg. */
function openedText({ side, qty, symbol, leg, premium }: HeldOption): string {
  const name = leg === undefined ? '' : ` (${leg})`;
  return `${side === 'Sell' ? 'short' : 'long'} ${qty} ${symbol}${name}, opened for ${premium}`;
}

const help = `
Money is in settle coin, exactly as the exchange executed and charged it. Cash flow is how much the task has changed the
account's balance since it was added. Realised counts what was closed or delivered; the open result, what is still held.

Examples:
  rollkeeper task ledger k7m2p9qx4d
  rollkeeper task ledger k7m2p9qx4d --json

Exit codes: 0 shown · 1 failed · 2 no such task`;
