/** What a turn means for the account's limits and for the ledger, read off the contexts before and after it. */
import { endedRollOf, partOfTurn } from '../../domain/explain/roll-timing.ts';
import { useOf } from '../../domain/roll/account-use.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import type { TurnRecord } from '../../ports/journal.ts';

/** @param turn the state that it leads into, and its time @returns only what there is */
export function consequencesOf(
  before: RollContext,
  after: RollContext,
  { state, atMs }: Pick<TurnRecord, 'state' | 'atMs'>,
): Pick<TurnRecord, 'use' | 'rollPart' | 'endedRoll'> {
  const use = useOf(before, after, atMs);
  const rollPart = partOfTurn(state, after);
  const endedRoll = endedRollOf(before, after);
  return { ...(use.length > 0 && { use }), ...(rollPart && { rollPart }), ...(endedRoll && { endedRoll }) };
}
