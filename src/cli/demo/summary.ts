/**
 * The result of the demo: what was rolled, what that came to beside the same positions left alone, and whether the exchange and
 * the database agree about what is held now.
 */
import { ledgerView } from '../../domain/explain/advice.ts';
import { add, compare, subtract, sum, type DecimalString } from '../../domain/money.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { PaperExchange } from '../../exchange/paper/exchange.ts';
import type { Stage } from './stage.ts';

type Played = Pick<Stage, 'paper' | 'apiKey' | 'worthAtStart' | 'leftAlone' | 'story'>;

export interface HeldRow {
  readonly symbol: string;
  readonly side: string;
  readonly qty: string;
}

/** Change in worth from the beginning to the end, settle coin, after fees; what is still held counts at its mark. */
export interface Result {
  readonly rolled: DecimalString;
  /** The same position, never traded: delivered if it has expired meanwhile. */
  readonly leftAlone: DecimalString;
}

export interface PositionResult extends Result {
  /** The option held at the beginning, and the one at the end. */
  readonly symbol: string;
  readonly heldSymbol: string;
}

export interface DemoSummary {
  readonly type: 'summary';
  readonly rolls: number;
  readonly callRolls: number;
  readonly putRolls: number;
  readonly failed: number;
  readonly ordersAccepted: number;
  readonly ordersRejected: number;
  /** Accepted orders that traded although their leg was complete already. */
  readonly duplicateOrders: number;
  readonly transitions: number;
  readonly positionsMatch: boolean;
  readonly exchangePositions: readonly HeldRow[];
  readonly databasePositions: readonly HeldRow[];
  readonly netCredit: string;
  readonly fees: string;
  readonly settleCoin: string;
  /** Of all positions together, as the accounts on the exchange say. */
  readonly result: Result;
  /** By task, as its ledger says. */
  readonly results: readonly PositionResult[];
  readonly tapeMinutes: number;
  readonly seconds: number;
}

/** @param seconds how long the demo took */
export function summarizeDemo(played: Played, seconds: number): DemoSummary {
  const { paper, apiKey, story } = played;
  const { rolls } = story;
  const stats = paper.stats();
  const exchangePositions = sorted(
    paper
      .account(apiKey)
      .positions()
      .map(({ symbol, side, qty }) => ({ symbol, side, qty })),
  );
  const databasePositions = sorted(bySymbol(story.tasks().map(({ context }) => context.held)));
  const ofType = (type: 'call' | 'put') =>
    rolls.filter(({ fromSymbol }) => exchangeRules.readSymbol(fromSymbol)?.optionType === type).length;
  return {
    type: 'summary',
    rolls: rolls.length,
    callRolls: ofType('call'),
    putRolls: ofType('put'),
    failed: story.tasks().filter(({ state, context }) => !state.startsWith('IDLE') || context.roll !== null)
      .length,
    ordersAccepted: stats.ordersAccepted,
    ordersRejected: stats.ordersRejected,
    duplicateOrders: countDuplicates(paper, apiKey, rolls),
    transitions: story.transitions,
    positionsMatch: JSON.stringify(exchangePositions) === JSON.stringify(databasePositions),
    exchangePositions,
    databasePositions,
    netCredit: sum(rolls.map(({ netCredit }) => netCredit)),
    fees: sum(rolls.map(({ fee }) => fee)),
    settleCoin: story.tasks()[0]?.context.held.settleCoin ?? '',
    ...resultsOf(played),
    tapeMinutes: paper.player.progress().playedMinutes,
    seconds: Math.round(seconds * 10) / 10,
  };
}

function resultsOf({ paper, apiKey, worthAtStart, leftAlone, story }: Played) {
  const gainOf = (of: { readonly apiKey: string; readonly worthAtStart: DecimalString }): DecimalString =>
    subtract(paper.account(of.apiKey).worth(), of.worthAtStart);
  const alone = new Map(leftAlone.map((each) => [each.symbol, gainOf(each)]));
  const results = story.tasks().map(({ context }): PositionResult => {
    const { symbol } = context.ledger.adopted;
    const { symbol: heldSymbol } = context.held;
    return {
      symbol,
      heldSymbol,
      rolled: taskResult(context, (of) => paper.mark(of)),
      leftAlone: alone.get(symbol) ?? '0',
    };
  });
  const result: Result = {
    rolled: gainOf({ apiKey, worthAtStart }),
    leftAlone: sum([...alone.values()]),
  };
  return { result, results };
}

/** What a task has realised, and what it holds would add at the mark, after fees. */
function taskResult(context: RollContext, markOf: (symbol: string) => DecimalString | null): DecimalString {
  const { ledger, openResult } = ledgerView(context, null, markOf);
  return subtract(add(ledger.realised, openResult ?? '0'), ledger.fees);
}

/** Two tasks may hold the same option, which is one position at the exchange. */
function bySymbol(rows: readonly HeldRow[]): HeldRow[] {
  const totals = new Map<string, HeldRow>();
  for (const row of rows) {
    const qty = sum([totals.get(row.symbol)?.qty ?? '0', row.qty]);
    totals.set(row.symbol, { ...row, qty });
  }
  return [...totals.values()];
}

const sorted = (rows: readonly HeldRow[]): HeldRow[] =>
  rows
    .map(({ symbol, side, qty }) => ({ symbol, side, qty }))
    .sort((a, b) => a.symbol.localeCompare(b.symbol));

/** Orders that traded more than their leg had left to trade. */
function countDuplicates(paper: PaperExchange, apiKey: string, rolls: readonly RollSummary[]): number {
  const qtyOf = new Map(
    rolls.flatMap(({ rollId, qty }) => [
      [`close-${rollId}`, qty],
      [`open-${rollId}`, qty],
    ]),
  );
  const tradedOf = new Map<string, string>();
  let duplicates = 0;
  for (const { linkId, executedQty } of paper.account(apiKey).orders()) {
    const leg = linkId.replace(/-a\d+$/, '');
    const traded = sum([tradedOf.get(leg) ?? '0', executedQty]);
    const isBeyond = compare(executedQty, '0') > 0 && compare(traded, qtyOf.get(leg) ?? '0') > 0;
    if (isBeyond) duplicates += 1;
    tradedOf.set(leg, traded);
  }
  return duplicates;
}
