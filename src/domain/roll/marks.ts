/**
 * The owner marks the order of a roll whose outcome stays unknown, as filled or as not placed. The order takes the word and
 * goes on; the saga only says whether it counts, and what will be done.
 */
import type { OrderContext, OwnersWord } from '../orders/order-work.ts';
import { isWholeOrder, problemOfWord, type WordProblem } from '../orders/owners-word.ts';
import type { ReasonOf } from '../reason.ts';
import { answered, type Answer, type AnswerFigures } from './answers.ts';
import type { RollEvent } from './events.ts';

/** The order that is being worked, as its machine stands. */
export interface OrderStanding {
  readonly context: OrderContext;
  /** Nothing is known of it, and it is looked up again and again. */
  readonly isSearched: boolean;
}

type Mark = Extract<RollEvent, { type: 'MARKED_FILLED' | 'MARKED_NOT_PLACED' }>;

export const isMark = (event: RollEvent): event is Mark =>
  event.type === 'MARKED_FILLED' || event.type === 'MARKED_NOT_PLACED';

/** What the event says of its order. */
export function wordOf(event: Mark): OwnersWord {
  if (event.type === 'MARKED_NOT_PLACED') return { kind: 'notPlaced' };
  const { qty, price, fee } = event;
  return { kind: 'filled', qty, price, fee };
}

/** What will be done; or a refusal with the reason why the word does not count. */
export function answerToMark(event: Mark, order: OrderStanding | null): Answer {
  const problem = problemOfMark(event, order);
  if (problem !== null || order === null) {
    const none: WordProblem = { code: 'noOrder', figures: {} };
    const refusal = answered(event, { code: 'notMarked', figures: { problem: problem ?? none } });
    return { ...refusal, status: 'refused' };
  }
  return answered(event, whatIsDone(order.context, wordOf(event)));
}

function problemOfMark(event: Mark, order: OrderStanding | null): WordProblem | null {
  if (order === null) return { code: 'noOrder', figures: {} };
  const { context, isSearched } = order;
  const { linkId } = context;
  if (event.linkId !== linkId)
    return { code: 'anotherOrder', figures: { linkId: event.linkId, workedLinkId: linkId } };
  if (isSearched) return problemOfWord(context, wordOf(event), event.atMs);
  return { code: context.word === null ? 'outcomeKnown' : 'beingMadeSure', figures: { linkId } };
}

/** What the order does on this word. */
export function whatIsDone(order: OrderContext, word: OwnersWord): ReasonOf<AnswerFigures> {
  const { linkId } = order;
  if (word.kind === 'notPlaced') return { code: 'markedNotPlaced', figures: { linkId } };
  const { qty, price } = word;
  return isWholeOrder(order, qty)
    ? { code: 'markedFilled', figures: { linkId, qty, price } }
    : { code: 'markedEnded', figures: { linkId, qty, price } };
}
