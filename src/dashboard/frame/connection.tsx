/** Whether what is shown is true now: the connection, the exchange's clock, the environment; loud when the connection is lost. */
import type { ReactNode } from 'react';
import { clock, connection, lostSince } from '../api/live.ts';
import { useStore } from '../api/store.ts';
import { clockText, durationText, momentText } from '../format/times.ts';
import { useMessages } from '../messages/messages.tsx';
import { Badge } from '../ui/badge.tsx';
import { useNow } from '../ui/figures.tsx';
import { Banner } from '../ui/states.tsx';

const environments = ['paper', 'testnet', 'demo', 'live'] as const;
type Known = (typeof environments)[number];
const isKnown = (given: string): given is Known => environments.some((each) => each === given);

export function Environment({ environment }: { readonly environment: string }): ReactNode {
  const { m } = useMessages();
  if (!isKnown(environment)) return <Badge icon="info">{environment}</Badge>;
  const isLive = environment === 'live';
  return (
    <Badge
      tone={isLive ? 'loud' : 'neutral'}
      icon={isLive ? 'alert' : 'flask'}
      title={m.frame.environmentHint[environment]}
    >
      {m.frame.environment[environment]}
    </Badge>
  );
}

export function ConnectionSign(): ReactNode {
  const { m, locale } = useMessages();
  const state = useStore(connection);
  const reading = useStore(clock);
  const nowMs = useNow();
  return (
    <span className={`sign ${state}`} role="status">
      <span className="dot" aria-hidden="true" />
      <span className="word">{m.connection[state]}</span>
      {reading !== null && (
        <time
          className="figure clock"
          dateTime={new Date(nowMs).toISOString()}
          title={`${m.frame.clock}\n${momentText(nowMs, locale)}\n${momentText(nowMs, locale, 'UTC')}`}
          aria-hidden="true"
        >
          {clockText(nowMs, locale)}
        </time>
      )}
    </span>
  );
}

export function ConnectionBanner(): ReactNode {
  const { m } = useMessages();
  const since = useStore(lostSince);
  if (since === null) return null;
  return (
    <Banner tone="bad" icon="lost" title={m.connection.lost}>
      <LostFor since={since} />
    </Banner>
  );
}

function LostFor({ since }: { readonly since: number }): ReactNode {
  const { m, locale } = useMessages();
  useNow();
  return m.connection.lostText(durationText(Date.now() - since, locale));
}
