/** The result of the demo: what was rolled, and whether the exchange and the database agree about what is held now. */
import { compare, sum } from '../../domain/money.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import type { RollSummary } from '../../domain/roll/roll.ts';
import type { PaperExchange } from '../../exchange/paper/exchange.ts';
import type { Stage } from './stage.ts';

type Played = Pick<Stage, 'paper' | 'apiKey' | 'story'>;

export interface HeldRow {
  readonly symbol: string;
  readonly side: string;
  readonly qty: string;
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
  readonly tapeMinutes: number;
  readonly seconds: number;
}

/** @param seconds how long the demo took */
export function summarizeDemo({ paper, apiKey, story }: Played, seconds: number): DemoSummary {
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
    tapeMinutes: paper.player.progress().playedMinutes,
    seconds: Math.round(seconds * 10) / 10,
  };
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
