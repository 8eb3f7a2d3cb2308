/** Parts of a journal that are archived in files: there are no steps of them to be read. Pure. */
import type { JournalView } from '../../api/contract.ts';

type Sealed = JournalView['sealed'];

/** The first version of which there may be a step. */
export const firstStored = (sealed: Sealed): number => (sealed.at(-1)?.toVersion ?? 0) + 1;

/** From which version to which they reach, and where the newest of their files is; `null` when nothing is archived. */
export function archivedRange(
  sealed: Sealed,
): { readonly from: number; readonly to: number; readonly place: string } | null {
  const [first, last] = [sealed[0], sealed.at(-1)];
  return first && last ? { from: first.fromVersion, to: last.toVersion, place: last.place } : null;
}
