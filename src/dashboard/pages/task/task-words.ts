/** A task in the words of its page: what it holds, which way, and what of it can be done now. Pure. */
import type { TaskPage } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { readSymbol } from '../../format/symbols.ts';
import { utcDayText } from '../../format/times.ts';
import type { Messages } from '../../messages/en.ts';

interface Speech {
  readonly m: Messages;
  readonly locale: string;
}

/** `BTC 25,000 call`; a symbol of another form as it is. */
export function contractText(symbol: string, { m, locale }: Speech): string {
  const read = readSymbol(symbol);
  if (read === null) return symbol;
  return m.task.contract(read.coin, numberText(read.strike, locale), m.common[read.kind]);
}

/** `BTC 25,000 call · 31 Mar 2023`. */
export function optionText(symbol: string, speech: Speech): string {
  const read = readSymbol(symbol);
  const contract = contractText(symbol, speech);
  return read === null ? contract : `${contract} · ${utcDayText(read.expiryMs, speech.locale)}`;
}

/** Several legs joined by ` + `, as rolls and previews name them. */
export const optionsText = (symbols: string, speech: Speech): string =>
  symbols
    .split(' + ')
    .map((symbol) => optionText(symbol, speech))
    .join(' + ');

type Named = Pick<TaskPage, 'symbol' | 'legs'>;

export const coinOf = ({ symbol, legs }: Named): string | null =>
  readSymbol(symbol)?.coin ?? (legs?.[0] ? (readSymbol(legs[0].symbol)?.coin ?? null) : null);

export const settleCoinOf = ({ symbol, legs }: Named): string | null =>
  readSymbol(symbol)?.settleCoin ?? (legs?.[0] ? (readSymbol(legs[0].symbol)?.settleCoin ?? null) : null);

/** The heading: the contract, or what a structure is of. */
export function titleOf({ symbol, legs }: Named, speech: Speech): string {
  if (!legs) return contractText(symbol, speech);
  const names = new Set(legs.map(({ name }) => name));
  return speech.m.task.structure(coinOf({ symbol, legs }) ?? '', names.size);
}

export type PlainAction = 'pause' | 'resume' | 'retry' | 'reopen' | 'acceptFlat' | 'remove';
export type TradeAction = 'rollNow' | 'closeNow';

export interface Actions {
  readonly trades: readonly TradeAction[];
  readonly plain: readonly PlainAction[];
  readonly canEdit: boolean;
  readonly canAnswer: boolean;
  /** It may be said what became of an order of which nothing is known. */
  readonly canMark: boolean;
}

const nothing: Actions = { trades: [], plain: [], canEdit: false, canAnswer: false, canMark: false };

/** What its state allows; the daemon has the last word. */
export function actionsOf(task: Pick<TaskPage, 'state' | 'holdings' | 'waysOut' | 'urgency'>): Actions {
  const { state, holdings, waysOut, urgency } = task;
  if (state === 'COMPLETED' || state === 'QUEUED') return nothing;
  const isWaiting = state.startsWith('IDLE') || state === 'PAUSED';
  const isSettling = /^IDLE\.(settl|awaitingSettl)/.test(state);
  const holds = holdings === null || holdings.length > 0;
  const possible = new Set(waysOut.filter(({ isPossible }) => isPossible).map(({ kind }) => kind));
  const plain = (['resume', 'retry', 'reopen', 'acceptFlat', 'remove'] as const).filter((kind) =>
    possible.has(kind),
  );
  const canPause = state !== 'PAUSED' && state !== 'FAILED';
  return {
    trades: isWaiting && !isSettling && holds ? ['rollNow', 'closeNow'] : [],
    plain: [...(canPause ? (['pause'] as const) : []), ...plain],
    canEdit: isWaiting && !isSettling && urgency !== 'over',
    canAnswer: possible.has('approve'),
    canMark: possible.has('filled') || possible.has('notPlaced'),
  };
}

/** A question of a task that asks before it trades; `null` when none stands. */
export interface StandingQuestion {
  readonly approvalId: string;
  readonly untilMs: number;
  readonly otherwise: string;
  readonly shown: {
    readonly legs: readonly {
      readonly leg: 'close' | 'open';
      readonly side: 'Buy' | 'Sell';
      readonly symbol: string;
      readonly qty: string;
      readonly price: string;
    }[];
    readonly netCredit: string;
    readonly fees: string;
    readonly tolerance: string;
  };
}

export const questionOf = ({ stuck }: Pick<TaskPage, 'stuck'>): StandingQuestion | null =>
  stuck?.code === 'approvalWanted' ? stuck.figures : null;
