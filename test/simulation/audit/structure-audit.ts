/**
 * Structures: at no commit does a roll leave more shorts without a long of their type than the worse of what it began with and
 * what it ends with; its shorts are closed before its longs, and its longs are opened before its shorts.
 */
import { add, compare, isPositive, isZero, larger, subtract } from '../../../src/domain/money.ts';
import type { HeldOption } from '../../../src/domain/market/held-option.ts';
import type { OptionType } from '../../../src/domain/market/option.ts';
import { holdingsOf } from '../../../src/domain/roll/holdings.ts';
import { leftToClose, leftToOpenOf, taskOfLinkId, type Roll } from '../../../src/domain/roll/roll.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import { movedLegs } from '../../../src/domain/roll/turns.ts';
import type { PaperOrder } from '../../../src/exchange/paper/engine/types.ts';
import type { NewTask, TurnRecord } from '../../../src/ports/journal.ts';
import { contextOf } from './stored-turn.ts';

type Uncovered = Readonly<Record<OptionType, string>>;

interface Watched {
  context: RollContext;
  /** Of the roll under way: before it, and the worst until now. */
  roll: { readonly rollId: string; readonly before: Uncovered; worst: Uncovered } | null;
}

/** Shorts that no long covers, in base coin by type. */
export function uncoveredOf(holdings: readonly HeldOption[]): Uncovered {
  const of = (type: OptionType): string =>
    holdings
      .filter(({ optionType }) => optionType === type)
      .reduce((total, { side, qty }) => (side === 'Sell' ? add(total, qty) : subtract(total, qty)), '0');
  return { call: larger('0', of('call')), put: larger('0', of('put')) };
}

export class StructureAudit {
  readonly #tasks = new Map<string, Watched>();
  readonly #seen = new Set<string>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  created({ taskId, snapshotJson }: Pick<NewTask, 'taskId' | 'snapshotJson'>): void {
    const context = contextOf(snapshotJson);
    if (context.others !== undefined) this.#tasks.set(taskId, { context, roll: null });
  }

  committed({ taskId, snapshotJson }: Pick<TurnRecord, 'taskId' | 'snapshotJson'>): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const context = contextOf(snapshotJson);
    const now = uncoveredOf(holdingsOf(context));
    const { roll } = context;
    if (roll !== null && task.roll?.rollId !== roll.rollId)
      task.roll = { rollId: roll.rollId, before: uncoveredOf(holdingsOf(task.context)), worst: now };
    if (task.roll) task.roll.worst = worse(task.roll.worst, now);
    if (roll === null && task.roll) {
      this.#checkRisk(taskId, task.roll, now);
      task.roll = null;
    }
    task.context = context;
  }

  orderChanged({ linkId, symbol, side, status }: PaperOrder): void {
    if (this.#seen.has(linkId) || status === 'Rejected') return;
    this.#seen.add(linkId);
    const { context } = this.#tasks.get(taskOfLinkId(linkId) ?? '') ?? {};
    if (!context?.roll) return;
    const { roll } = context;
    const isClosing = linkId.startsWith('close-');
    // A long is sold to close it, and bought to open it.
    const isLong = (side === 'Sell') === isClosing;
    if (isClosing !== isLong) return;
    const first = movedLegs(context, roll).find(
      ({ held, move }) =>
        (held.side === 'Sell') === isLong && isLeft(roll, move, isClosing ? 'close' : 'open'),
    );
    if (first)
      this.#violate(
        `${linkId} ${isClosing ? 'closes' : 'opens'} ${symbol} before ${first.held.leg ?? ''} of its task`,
      );
  }

  #checkRisk(
    taskId: string,
    { rollId, before, worst }: NonNullable<Watched['roll']>,
    after: Uncovered,
  ): void {
    for (const type of ['call', 'put'] as const) {
      const most = larger(before[type], after[type]);
      if (compare(worst[type], most) > 0)
        this.#violate(
          `task ${taskId} had ${worst[type]} of its short ${type}s uncovered in ${rollId}: ${before[type]} before, ${after[type]} after`,
        );
    }
  }
}

const worse = (a: Uncovered, b: Uncovered): Uncovered => ({
  call: larger(a.call, b.call),
  put: larger(a.put, b.put),
});

type Moved = ReturnType<typeof movedLegs>[number]['move'];

const isLeft = (roll: Roll, move: Moved, what: 'close' | 'open'): boolean =>
  what === 'close'
    ? !roll.compensating && isPositive(leftToClose(move)) && !isZero(move.qty)
    : isPositive(leftToOpenOf(roll, move));
