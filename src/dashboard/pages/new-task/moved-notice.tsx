/**
 * Says of a task that is being edited that its spec was changed since the editing began, so that saving would be refused. What was
 * written stays: a person keeps it, or takes the spec as it is now instead.
 */
import { useState, type ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Banner } from '../../ui/states.tsx';
import type { EditedTask } from './draft-queries.ts';

interface Base {
  /** What a change is based on: the task as it is now, as long as its spec is the one that is being edited. */
  readonly base: EditedTask | undefined;
  readonly notice: ReactNode;
}

/** @param takeSpec begins the editing anew */
export function useBase(edited: EditedTask | undefined, takeSpec: (spec: object) => void): Base {
  const [begun, setBegun] = useState(edited);
  if (begun === undefined || edited === undefined || isSameSpec(begun, edited))
    return { base: edited, notice: null };
  const take = (): void => {
    setBegun(edited);
    takeSpec(edited.page.spec);
  };
  return {
    base: begun,
    notice: <MovedNotice now={edited.page.now} onKeep={() => setBegun(edited)} onTake={take} />,
  };
}

/** A task moves to another version with whatever happens to it, and to another spec with little of that. */
const isSameSpec = (begun: EditedTask, now: EditedTask): boolean =>
  JSON.stringify(begun.page.spec) === JSON.stringify(now.page.spec);

interface Props {
  /** What the task does now. */
  readonly now: string;
  readonly onKeep: () => void;
  readonly onTake: () => void;
}

function MovedNotice({ now, onKeep, onTake }: Props): ReactNode {
  const { m } = useMessages();
  return (
    <Banner
      title={m.newTask.specChanged}
      action={
        <span className="page-actions">
          <Button onClick={onTake}>{m.newTask.takeTheirs}</Button>
          <Button onClick={onKeep}>{m.newTask.keepMine}</Button>
        </span>
      }
    >
      {now}
    </Banner>
  );
}
