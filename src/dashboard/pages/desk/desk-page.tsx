/** Every managed position, the most urgent first. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

export default function DeskPage(): ReactNode {
  const { m } = useMessages();
  return <h1>{m.desk.title}</h1>;
}
