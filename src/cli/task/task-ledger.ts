/** `rollkeeper task ledger`. */
import { Command } from 'commander';
import { accountForTask, type TaskAccount } from '../../application/account-for-task.ts';
import { operator } from '../../application/caller.ts';
import type { HeldOption } from '../../domain/market/held-option.ts';
import { endingText } from '../../domain/explain/task-ending-text.ts';
import { parseWait, waitOption } from './ask.ts';
import { withStore } from '../shell/database.ts';
import { renderTable, timeText } from '../shell/output.ts';
import { moneyHead, rollRows } from './roll-cells.ts';
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
  const { ledger, legs, holdings, cashFlow, openResult, breakEven, rolls, ending } = account;
  const { adopted, credits, debits, fees, realised, settlement } = ledger;
  const settlements = ledger.settlements ?? (settlement === null ? [] : [settlement]);
  const { others = [] } = adopted;
  const facts: [string, string][] = [
    ...[adopted, ...others].map((held, at): [string, string] => [at === 0 ? 'Adopted' : '', heldText(held)]),
    ...(holdings.length === 0
      ? [['Holds', 'nothing'] as [string, string]]
      : holdings.map((held, at): [string, string] => [at === 0 ? 'Holds' : '', heldText(held)])),
    ...(ending === null ? [] : [['Ended', endingText(ending)] as [string, string]]),
    ['Received', credits],
    ['Paid', debits],
    ['Fees', fees],
    ['Cash flow', cashFlow],
    ['Realised', `${realised} before fees`],
    ...(openResult === null ? [] : [['Open', `${openResult} at the mark`] as [string, string]]),
    ...(breakEven === null ? [] : [['Break-even', breakEven] as [string, string]]),
    ...settlements.map(({ symbol, deliveryPrice, atMs }): [string, string] => [
      'Delivered',
      `${legs ? `${symbol} ` : ''}at ${deliveryPrice}, ${timeText(atMs)}`,
    ]),
    ...(ledger.changedByOwner === '0'
      ? []
      : [['By its owner', `${ledger.changedByOwner}, at prices not known here`] as [string, string]]),
  ];
  const rows = rolls.flatMap((roll) =>
    rollRows(roll, {
      ofRoll: [timeText(roll.endedAtMs)],
      ofLeg: ({ fromSymbol, toSymbol, qty }) => [
        fromSymbol,
        `${toSymbol ?? (roll.isFlat ? '(flat)' : '(closed)')}${roll.openedFirst ? ', opened first' : ''}`,
        qty,
      ],
    }),
  );
  const head = ['TIME', 'FROM', 'TO', 'QTY', ...moneyHead];
  const table = rows.length === 0 ? '' : `\n\nRolls\n${renderTable(head, rows)}`;
  return (
    facts.map(([name, text]) => `${(name === '' ? '' : `${name}:`).padEnd(14)}${text}`).join('\n') + table
  );
}

const heldText = ({ leg, side, qty, symbol, premium }: HeldOption): string =>
  `${leg === undefined ? '' : `${leg}: `}${side === 'Sell' ? 'short' : 'long'} ${qty} ${symbol}, opened for ${premium}`;

const help = `
Money is in settle coin, exactly as the exchange executed and charged it. Cash flow is how much the task has changed the
account's balance since it was added. Of a structure it is one ledger; a roll has a row for each leg, and one net credit. Realised counts what was closed or delivered; the open result, what is still held.

Examples:
  rollkeeper task ledger k7m2p9qx4d
  rollkeeper task ledger k7m2p9qx4d --json      of a structure also its "legs", and each roll's "others"

Exit codes: 0 shown · 1 failed · 2 no such task`;
