/** Says which steps of a journal are archived, below the first that is there. */
import type { ReactNode } from 'react';
import type { JournalView } from '../../api/contract.ts';
import { archivedRange } from '../format/sealed.ts';
import { useMessages } from '../messages/messages.tsx';

export function Archived({ sealed }: { readonly sealed: JournalView['sealed'] }): ReactNode {
  const { m } = useMessages();
  const range = archivedRange(sealed);
  if (range === null) return null;
  return (
    <p className="small muted archived">
      {m.common.archived(range.from, range.to)} <code>{range.place}</code>
    </p>
  );
}
