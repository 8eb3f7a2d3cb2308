/** A form that makes a task, with its YAML beside it and a preview below. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

export default function NewTaskPage(): ReactNode {
  const { m } = useMessages();
  return <h1>{m.newTask.title}</h1>;
}
