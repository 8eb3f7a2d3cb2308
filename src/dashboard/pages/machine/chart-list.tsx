/** A chart in words: every state, and what leads out of it. For whom a picture says nothing, and for copying. */
import type { ReactNode } from 'react';
import type { MachineLayout } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import type { Taken } from './taken.ts';

interface Props {
  readonly layout: MachineLayout;
  readonly title: string;
  readonly lit: string | null;
  readonly taken: Taken;
}

export function ChartList({ layout, title, lit, taken }: Props): ReactNode {
  const { m } = useMessages();
  const states = layout.states.filter(({ kind }) => kind !== 'initial');
  return (
    <details className="chart-list">
      <summary>{m.machine.inWords(title)}</summary>
      <ul>
        {states.map(({ id, kind }) => (
          <li key={id} aria-current={id === lit ? 'step' : undefined}>
            <h3>
              <code>{id}</code>
              {id === lit && <span className="here">{m.machine.here}</span>}
              {kind === 'final' && <span className="muted small">{m.machine.final}</span>}
            </h3>
            <Ways layout={layout} from={id} taken={taken} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Ways({
  layout,
  from,
  taken,
}: { readonly from: string } & Pick<Props, 'layout' | 'taken'>): ReactNode {
  const { m } = useMessages();
  const ways = layout.transitions
    .map((each, index) => ({ ...each, index }))
    .filter((each) => each.from === from);
  if (ways.length === 0) return null;
  return (
    <ul>
      {ways.map(({ to, label, index }) => (
        <li key={index}>
          {label.split('\n').map((line) => (
            <code key={line}>{line}</code>
          ))}{' '}
          <span aria-hidden="true">→</span> <span className="sr">{m.machine.leadsTo}</span> <code>{to}</code>
          {(taken.counts.get(index) ?? 0) > 0 && (
            <span className="muted small"> {m.machine.taken(taken.counts.get(index) ?? 0)}</span>
          )}
        </li>
      ))}
    </ul>
  );
}
