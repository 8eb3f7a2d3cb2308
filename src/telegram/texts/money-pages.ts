/** Positions of all accounts, and what all tasks have brought, as messages. */
import type { AccountPositions } from '../../application/list-positions.ts';
import { afterFees, type ProfitReport } from '../../application/show-profit.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { sum } from '../../domain/money.ts';
import { bold, foreign, page, plainPage, pre, type Page, type Part } from '../page.ts';
import { columns, optionText, rounded, signed } from './table.ts';

export function positionsPage(accounts: readonly AccountPositions[], rules: SymbolRules): Page {
  if (accounts.length === 0) return plainPage('No account yet. /accounts adds one.');
  const parts: Part[] = [bold('Positions')];
  for (const { accountName, userName, positions, problem } of accounts) {
    parts.push('\n', bold(foreign(`${userName}/${accountName}`, 50)), '\n');
    if (positions === null) parts.push(`⚠ not known now: ${foreign(problem ?? '', 200)}`);
    else if (positions.length === 0) parts.push('no option');
    else
      parts.push(
        pre(
          positions
            .map(({ symbol, side, qty, averagePrice, mark, openResult, taskIds }) =>
              [
                columns([[optionText(symbol, rules), openResult === null ? '' : signed(openResult)]]),
                `  ${side} ${qty} at ${rounded(averagePrice)}, mark ${mark === null ? '?' : rounded(mark)}`,
                `  ${taskIds.length === 0 ? 'no task' : `task ${taskIds.join(', ')}`}`,
              ].join('\n'),
            )
            .join('\n'),
        ),
      );
    const results = (positions ?? []).flatMap(({ openResult }) => (openResult === null ? [] : [openResult]));
    if (results.length > 1) parts.push(`\nopen in all: ${signed(sum(results))}`);
  }
  return page(parts);
}

const daysMax = 21;

export function profitPage({ zone, days, total, coins, daysAsked }: ProfitReport): Page {
  if (coins.length === 0) return plainPage('No task has been managed yet, so nothing has been earned.');
  const parts: Part[] = [bold('Profit'), ` · cash of rolls and deliveries\n`];
  if (days.length === 0) parts.push('Nothing was rolled or delivered in this time.');
  else {
    const several = new Set(days.map(({ settleCoin }) => settleCoin)).size > 1;
    const rows = days
      .slice(0, daysMax)
      .map((each) => [
        `${each.day.slice(5)}${several ? ` ${each.settleCoin}` : ''}`,
        String(each.rolls + each.deliveries),
        signed(each.net),
        rounded(each.fees),
        signed(afterFees(each)),
      ]);
    const sums = total.map((each) => [
      several ? `all ${each.settleCoin}` : 'all',
      String(each.rolls + each.deliveries),
      signed(each.net),
      rounded(each.fees),
      signed(afterFees(each)),
    ]);
    parts.push(pre(columns([['', 'N', 'NET', 'FEES', 'LEFT'], ...rows, ...sums])));
    if (days.length > daysMax) parts.push(`\nand ${days.length - daysMax} days before`);
  }
  parts.push(
    `\nDays of ${zone}, the last ${daysAsked}.\n`,
    '\n',
    bold('By coin'),
    ' since the tasks were added\n',
  );
  parts.push(
    pre(
      columns([
        ['', 'REALISED', 'FEES', 'CASH'],
        ...coins.map(({ baseCoin, settleCoin, tasks, realised, fees, cashFlow }) => [
          `${baseCoin} ${settleCoin} ·${tasks}`,
          signed(realised),
          rounded(fees),
          signed(cashFlow),
        ]),
      ]),
    ),
  );
  return page(parts);
}
