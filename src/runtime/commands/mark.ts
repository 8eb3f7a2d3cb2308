/** What a person says of an order, as it arrives in the inbox, read into the event for its task. */
import { z } from 'zod';
import { parseInput } from '../../domain/bad-input.ts';
import { compare, isPositive, isZero, readDecimal, type DecimalString } from '../../domain/money.ts';
import type { Command } from '../../ports/inbox.ts';

const expected = 'a decimal number of at most 40 digits';
const decimalText = z.string({ error: expected }).transform((text, context): DecimalString => {
  const read = readDecimal(text);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: expected });
  return z.NEVER;
});
const linkId = z.string({ error: 'the link id of the order' }).min(1).max(64);
const filledShape = z
  .strictObject({ linkId, qty: decimalText, price: decimalText, fee: decimalText })
  .superRefine(({ qty, price }, context) => {
    if (compare(qty, '0') < 0)
      context.addIssue({ code: 'custom', path: ['qty'], message: '0 or more, in base coin' });
    if (!isZero(qty) && !isPositive(price))
      context.addIssue({ code: 'custom', path: ['price'], message: 'the average price, above 0' });
  });
const notPlacedShape = z.strictObject({ linkId });

/** Without the command that it came with. */
export type MarkRequest =
  | ({ readonly type: 'MARKED_FILLED'; readonly linkId: string } & z.output<typeof filledShape>)
  | { readonly type: 'MARKED_NOT_PLACED'; readonly linkId: string };

export type MarkKind = Extract<Command['kind'], 'markFilled' | 'markNotPlaced'>;

/** @throws BadInput naming what is wrong in the payload */
export function readMark(kind: MarkKind, payload: unknown): MarkRequest {
  const subject = 'What was said of the order is not right';
  if (kind === 'markNotPlaced')
    return { type: 'MARKED_NOT_PLACED', ...parseInput(notPlacedShape, payload, subject) };
  return { type: 'MARKED_FILLED', ...parseInput(filledShape, payload, subject) };
}
