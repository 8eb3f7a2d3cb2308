/** The statechart, drawn from the machine itself, with the state of a task lit and a slider through its journal. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

/** @param props `taskId` `null`: the chart alone */
export default function MachinePage({ taskId }: { readonly taskId: string | null }): ReactNode {
  const { m } = useMessages();
  return (
    <h1>
      {m.machine.title} {taskId}
    </h1>
  );
}
