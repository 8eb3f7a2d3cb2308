/** The slider through a journal, its buttons, and the step that is shown. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { JournalStepView } from '../../../api/contract.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Archived } from '../../ui/archived.tsx';
import { Button } from '../../ui/button.tsx';
import { Time } from '../../ui/figures.tsx';
import type { Journal } from './use-journal.ts';
import type { Walk } from './use-walk.ts';

interface Props {
  readonly taskId: string;
  readonly journal: Journal;
  readonly walk: Walk;
}

export function WalkBar({ taskId, journal, walk }: Props): ReactNode {
  const { m } = useMessages();
  const { steps, hasEarlier, isReadingEarlier } = journal;
  const last = steps.length - 1;
  return (
    <section className="walk" aria-label={m.machine.journal}>
      <div className="walk-controls">
        <Button icon="first" iconOnly disabled={walk.index <= 0} onClick={() => walk.goTo(0)}>
          {m.machine.first}
        </Button>
        <Button icon="back" iconOnly disabled={walk.index <= 0} onClick={() => walk.goBy(-1)}>
          {m.machine.back}
        </Button>
        <Button kind="primary" icon={walk.isPlaying ? 'pause' : 'play'} onClick={walk.togglePlaying}>
          {walk.isPlaying ? m.machine.pause : m.machine.play}
        </Button>
        <Button icon="forward" iconOnly disabled={walk.index >= last} onClick={() => walk.goBy(1)}>
          {m.machine.forward}
        </Button>
        <Button icon="last" aria-pressed={walk.isFollowing} onClick={walk.follow}>
          {m.machine.newest}
        </Button>
        <input
          type="range"
          min={0}
          max={Math.max(0, last)}
          value={Math.max(0, walk.index)}
          aria-label={m.machine.journal}
          aria-valuetext={walk.step ? `${String(walk.step.version)}: ${walk.step.text}` : undefined}
          onChange={(event) => walk.goTo(Number(event.target.value))}
        />
        <span className="walk-place figure">
          {m.machine.stepOf(walk.step?.version ?? 0, steps.at(-1)?.version ?? 0)}
        </span>
        {walk.isFollowing && (
          <Badge tone="accent" icon="play">
            {m.machine.following}
          </Badge>
        )}
      </div>
      {walk.step && <Step step={walk.step} taskId={taskId} />}
      {hasEarlier && (
        <p className="small">
          <Button
            kind="quiet"
            icon="up"
            aria-busy={isReadingEarlier}
            onClick={() => void journal.readEarlier()}
          >
            {m.machine.earlier}
          </Button>
        </p>
      )}
      {!hasEarlier && <Archived sealed={journal.sealed} />}
    </section>
  );
}

function Step({ step, taskId }: { readonly step: JournalStepView; readonly taskId: string }): ReactNode {
  const { m } = useMessages();
  const { version, atMs, path, event, eventJson, text, rollId } = step;
  return (
    <div className="walk-step">
      <p className="walk-text">{text}</p>
      <dl>
        <div>
          <dt>{m.machine.time}</dt>
          <dd>
            <Time atMs={atMs} isLong />
          </dd>
        </div>
        <div>
          <dt>{m.machine.event}</dt>
          <dd>
            <code>{event}</code>
          </dd>
        </div>
        <div>
          <dt>{m.machine.actor}</dt>
          <dd>{path === '' ? m.machine.itself : <code>{path}</code>}</dd>
        </div>
        {rollId !== null && (
          <div>
            <dt>{m.machine.roll}</dt>
            <dd>
              <Link href={`/tasks/${taskId}`}>{rollId}</Link>
            </dd>
          </div>
        )}
      </dl>
      <details>
        <summary>{m.machine.asJournaled(version)}</summary>
        <pre tabIndex={0}>{indented(eventJson)}</pre>
      </details>
    </div>
  );
}

const shownMax = 20_000;

function indented(json: string): string {
  try {
    const text = JSON.stringify(JSON.parse(json), null, 2);
    return text.length > shownMax ? `${text.slice(0, shownMax)}\n…` : text;
  } catch {
    return json.slice(0, shownMax);
  }
}
