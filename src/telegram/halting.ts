/** Carries a halt or its end out, and says what the daemons have confirmed. */
import { z } from 'zod';
import { haltTrading, resumeTrading, type HaltResult } from '../application/halt-trading.ts';
import { haltText } from '../domain/explain/halt-text.ts';
import { foreign } from './page.ts';
import type { Room } from './room.ts';

/** As a question keeps it. */
export const haltShape = z.object({
  kind: z.enum(['halt', 'resume']),
  accountName: z.string().nullable(),
  isEverywhere: z.boolean(),
  reason: z.string(),
});
export type HaltAction = z.output<typeof haltShape>;

/** What the daemons have confirmed, and what still stands. */
export function haltedText(result: HaltResult, what: 'halt' | 'resume'): string {
  const { isNew, accounts, pending, halts, narrower } = result;
  const of = accounts === 1 ? '1 account' : `${accounts} accounts`;
  const head =
    what === 'halt'
      ? `Trading is halted in ${of}${isNew ? '' : ', as before'}.`
      : isNew
        ? `The halt is lifted in ${of}.`
        : 'Nothing was halted there by you.';
  const still =
    what === 'resume'
      ? [
          ...halts.map((halt) => `Still: ${foreign(haltText(halt), 300)}.`),
          ...(narrower > 0 ? [`Still in force: ${narrower} of single users or accounts.`] : []),
        ]
      : [];
  const waiting = pending
    .slice(0, 10)
    .map(
      ({ accountName, daemon }) =>
        `⚠ Not confirmed yet: ${foreign(accountName, 40)}, by daemon ${foreign(daemon, 40)}.`,
    );
  const wayOut = what === 'halt' ? ['/resume lets it go on.'] : [];
  return [head, ...still, ...waiting, ...wayOut].join('\n');
}

/** @param action as it was confirmed */
export async function carryOutHalt(
  { caller, ports, waitMs }: Room,
  { kind, accountName, isEverywhere, reason }: HaltAction,
): Promise<string> {
  const wanted = { waitMs, isEverywhere, ...(accountName !== null && { accountName }) };
  const result =
    kind === 'halt'
      ? await haltTrading(caller, ports, { ...wanted, ...(reason !== '' && { reason }) })
      : await resumeTrading(caller, ports, wanted);
  return haltedText(result, kind);
}
