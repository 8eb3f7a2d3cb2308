/** A state as icon and word. Its colour only repeats what they say. */
import type { ReactNode } from 'react';
import type { Urgency } from '../../api/contract.ts';
import { useMessages } from '../messages/messages.tsx';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'plain' | 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'loud';

interface Props {
  readonly tone?: Tone;
  readonly icon: IconName;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

export const Badge = ({ tone = 'plain', icon, title, children }: Props): ReactNode => (
  <span className={`badge ${tone}`} title={title}>
    <Icon name={icon} />
    {children}
  </span>
);

const looks: Readonly<Record<Urgency, { readonly tone: Tone; readonly icon: IconName }>> = {
  attention: { tone: 'loud', icon: 'alert' },
  rolling: { tone: 'accent', icon: 'roll' },
  waiting: { tone: 'plain', icon: 'clock' },
  paused: { tone: 'warn', icon: 'pause' },
  queued: { tone: 'neutral', icon: 'queue' },
  over: { tone: 'neutral', icon: 'check' },
};

/** @param title the state in full, as the machine names it */
export function StateBadge({
  urgency,
  title,
}: {
  readonly urgency: Urgency;
  readonly title?: string;
}): ReactNode {
  const { m } = useMessages();
  return (
    <Badge {...looks[urgency]} title={title}>
      {m.states[urgency]}
    </Badge>
  );
}

const severities = {
  critical: { tone: 'loud', icon: 'alert' },
  warning: { tone: 'warn', icon: 'alert' },
  info: { tone: 'plain', icon: 'info' },
} as const;

export type Severity = keyof typeof severities;

export function SeverityBadge({ severity }: { readonly severity: Severity }): ReactNode {
  const { m } = useMessages();
  return <Badge {...severities[severity]}>{m.alerts[severity]}</Badge>;
}
