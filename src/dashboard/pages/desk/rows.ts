/** What the desk lists and in which order. Pure; numbers here only order and measure, and are never shown as money. */
import type { ConditionView, TaskStanding, Urgency } from '../../../api/contract.ts';
import { minus } from '../../format/decimals.ts';
import { readSymbol } from '../../format/symbols.ts';

export interface Filters {
  /** Of everything that a row says in words. */
  readonly text: string;
  /** `user/account`; empty for all. */
  readonly account: string;
  readonly state: Urgency | '';
  readonly coin: string;
}

export const noFilters: Filters = { text: '', account: '', state: '', coin: '' };

export const coinOf = ({ symbol }: Pick<TaskStanding, 'symbol'>): string => symbol.split('-')[0] ?? symbol;

export const accountKey = ({
  userName,
  accountName,
}: Pick<TaskStanding, 'userName' | 'accountName'>): string => `${userName}/${accountName}`;

const wordsOf = ({ taskId, symbol, accountName, userName, now, state, legs = [] }: TaskStanding): string =>
  [taskId, symbol, ...legs.map((leg) => leg.symbol), accountName, userName, now, state]
    .join(' ')
    .toLowerCase();

/** Those that pass every filter; each word of the text has to be somewhere in the row. */
export function filterRows(rows: readonly TaskStanding[], filters: Filters): readonly TaskStanding[] {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filters.account !== '' && accountKey(row) !== filters.account) return false;
    if (filters.state !== '' && row.urgency !== filters.state) return false;
    if (filters.coin !== '' && coinOf(row) !== filters.coin) return false;
    if (words.length === 0) return true;
    const text = wordsOf(row);
    return words.every((word) => text.includes(word));
  });
}

const order: readonly Urgency[] = ['attention', 'rolling', 'waiting', 'paused', 'queued', 'over'];
/** Steps of nearness: within one of them rows keep their places, so that a price that moves does not shuffle the list. */
const steps = [0, 0.005, 0.01, 0.02, 0.05, 0.1] as const;
const stepOf = (share: number | null): number => {
  if (share === null) return steps.length + 1;
  const at = steps.findIndex((step) => share <= step);
  return at < 0 ? steps.length : at;
};

/** The most urgent first, then by how near the trigger is in steps, then the oldest: the same rows always stand in the same order. */
export const orderRows = (rows: readonly TaskStanding[]): readonly TaskStanding[] =>
  rows
    .map((row) => ({ row, rank: order.indexOf(row.urgency), step: stepOf(row.nearestShare) }))
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        a.step - b.step ||
        a.row.createdAtMs - b.row.createdAtMs ||
        a.row.taskId.localeCompare(b.row.taskId),
    )
    .map(({ row }) => row);

export interface Distance {
  readonly direction: 'above' | 'below' | null;
  /** Of the level, 0 once it is reached; `null` when it is not known. */
  readonly share: number | null;
}

/**
 * How far the condition is from being reached: by the index as it is now where it is about that, else as it was answered last.
 * @param index a decimal string; `null` while none has come
 */
export function distanceNow(nearest: ConditionView, index: string | null): Distance {
  const { kind, value, distance, isReached } = nearest;
  const level = Number(nearest.level);
  if (value === null || distance === null) return { direction: null, share: null };
  const isAbove = Math.sign(level - Number(value)) === Math.sign(Number(distance));
  const direction = Number(distance) === 0 ? null : isAbove ? 'above' : 'below';
  const size = Math.abs(level) || 1;
  if (kind !== 'index' || index === null || direction === null)
    return { direction, share: isReached ? 0 : Math.max(0, Number(distance)) / size };
  const toGo = isAbove ? level - Number(index) : Number(index) - level;
  return { direction, share: Math.max(0, toGo) / size };
}

type Trigger = NonNullable<TaskStanding['trigger']>;
type Condition = Exclude<Trigger, { readonly of: unknown }>;

const conditionsIn = (trigger: Trigger): readonly Condition[] =>
  'of' in trigger ? trigger.of.flatMap(conditionsIn) : [trigger];

/** Of the conditions on the index the one that has least to go, for a task whose daemon has not answered; `null` for none. */
export function nearestOnIndex(trigger: Trigger, index: string): ConditionView | null {
  const views = conditionsIn(trigger)
    .filter(({ kind }) => kind === 'index')
    .map(({ kind, direction, level }): ConditionView => {
      const distance = direction === 'above' ? minus(level, index) : minus(index, level);
      const isReached = !(Number(distance) > 0);
      const text = `index ${direction} ${level}`;
      return { text, kind, level, value: index, distance, isReached, heldSinceMs: null, toGo: '' };
    });
  const shareOf = (view: ConditionView): number => distanceNow(view, index).share ?? Infinity;
  return views.toSorted((a, b) => shareOf(a) - shareOf(b))[0] ?? null;
}

export interface Choices {
  readonly accounts: readonly string[];
  readonly coins: readonly string[];
  readonly states: readonly Urgency[];
}

const sorted = (all: Iterable<string>): readonly string[] => [...new Set(all)].sort();

/** What there is to filter by. */
export const choicesIn = (rows: readonly TaskStanding[]): Choices => ({
  accounts: sorted(rows.map(accountKey)),
  coins: sorted(rows.map(coinOf)),
  states: order.filter((state) => rows.some(({ urgency }) => urgency === state)),
});

/** `26000 C`, `26000 C / 22000 P` of a structure; the symbol itself when it has another form. */
export interface PositionName {
  readonly coin: string;
  readonly strikes: readonly { readonly strike: string; readonly kind: 'call' | 'put' }[];
  /** The first delivery; `null` when it is not known. */
  readonly expiryMs: number | null;
}

export function nameOf({ symbol, legs = [] }: Pick<TaskStanding, 'symbol' | 'legs'>): PositionName | null {
  const symbols = legs.length > 0 ? [...new Set(legs.map((leg) => leg.symbol))] : [symbol];
  const read = symbols.flatMap((each) => readSymbol(each) ?? []);
  const [first] = read;
  if (first === undefined) return null;
  return {
    coin: first.coin,
    strikes: read.map(({ strike, kind }) => ({ strike, kind })),
    expiryMs: Math.min(...read.map(({ expiryMs }) => expiryMs)),
  };
}
