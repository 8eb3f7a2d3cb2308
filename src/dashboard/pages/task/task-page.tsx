/** One task: its price, payoff, chain of rolls, journal, and what can be done with it. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

export default function TaskPage({ taskId }: { readonly taskId: string }): ReactNode {
  const { m } = useMessages();
  return (
    <h1>
      {m.task.title} {taskId}
    </h1>
  );
}
