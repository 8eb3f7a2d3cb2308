/** The daemons, their streams and journals, alerts and their delivery, and the record of what people did. */
import type { ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';

export default function SystemPage(): ReactNode {
  const { m } = useMessages();
  return <h1>{m.system.title}</h1>;
}
