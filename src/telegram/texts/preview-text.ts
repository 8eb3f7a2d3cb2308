/** What a roll or a close would be, short enough for a phone. */
import type { Preview } from '../../domain/explain/preview.ts';
import type { SymbolRules } from '../../domain/market/exchange-rules.ts';
import { percentText } from '../../domain/money.ts';
import { verdictText } from '../../domain/explain/guard-text.ts';
import { bold, foreign, pre, type Part } from '../page.ts';
import { columns, moveText, optionText, rounded } from './table.ts';

export function previewParts(preview: Preview, rules: SymbolRules): readonly Part[] {
  return [
    bold(headingOf(preview, rules)),
    ...(preview.legOrder ? [`\n${foreign(preview.legOrder.text, 300)}.`] : []),
    ...legParts(preview, rules),
    ...moneyParts(preview),
    ...guardParts(preview),
    ...(preview.stops ?? []).flatMap(({ text }) => ['\n', text]),
  ];
}

function headingOf({ would, from, to, legs, reason }: Preview, rules: SymbolRules): string {
  const closed = legs.filter(({ leg }) => leg === 'close').length;
  if (would === 'nothing') return `Would not roll: ${foreign(reason, 300)}`;
  const what = closed > 1 ? `${closed} options` : optionText(from, rules);
  if (would === 'close') return `Close ${what}`;
  return closed > 1 ? `Roll ${what} at once` : `Roll ${moveText(from, to ?? '', rules)}`;
}

function legParts({ legs }: Preview, rules: SymbolRules): readonly Part[] {
  if (legs.length === 0) return [];
  const rows = legs.map(({ side, qty, symbol, limitPrice }) => [
    `${side === 'Buy' ? 'buy' : 'sell'} ${optionText(symbol, rules)}`,
    qty,
    rounded(limitPrice),
  ]);
  return ['\n', pre(columns([['', 'QTY', 'PRICE'], ...rows]))];
}

function moneyParts({ netCredit, fees, margin, breakEven }: Preview): readonly Part[] {
  const lines: string[][] = [];
  if (netCredit !== null)
    lines.push(
      netCredit.startsWith('-')
        ? ['net debit', rounded(netCredit.slice(1))]
        : ['net credit', rounded(netCredit)],
    );
  if (fees !== null) lines.push(['fees', rounded(fees)]);
  const [before, after] = [margin?.before.maintenanceRate ?? null, margin?.after.maintenanceRate ?? null];
  if (before !== null && after !== null)
    lines.push(['maintenance margin', `${percentText(before)} → ${percentText(after)}`]);
  if (breakEven.before !== null && breakEven.after !== null)
    lines.push(['break-even', `${rounded(breakEven.before)} → ${rounded(breakEven.after)}`]);
  return lines.length === 0 ? [] : ['\n', pre(columns(lines))];
}

function guardParts({ guards, would }: Preview): readonly Part[] {
  const refusing = guards.filter(({ passes }) => !passes);
  if (refusing.length === 0 || would !== 'nothing') return [];
  return [`\n${refusing.map((verdict) => `Guard ${verdict.code}: ${verdictText(verdict)}`).join('\n')}`];
}
