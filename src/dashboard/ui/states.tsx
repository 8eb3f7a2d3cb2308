/** What a page shows when it has nothing to show: empty, loading, failed; and banners for what is stale. */
import type { ReactNode } from 'react';
import { RequestFailed } from '../api/client.ts';
import { useMessages } from '../messages/messages.tsx';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

interface EmptyProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do about it: a link or a button. */
  readonly action?: ReactNode;
}

export const EmptyState = ({ icon = 'info', title, children, action }: EmptyProps): ReactNode => (
  <div className="state">
    <Icon name={icon} />
    <h2>{title}</h2>
    {children !== undefined && <p>{children}</p>}
    {action}
  </div>
);

/** The daemon's own sentence, or that there was no answer. */
export function useErrorText(): (error: unknown) => string {
  const { m } = useMessages();
  return (error) => {
    if (!(error instanceof RequestFailed)) return m.common.failed;
    return error.problem?.detail ?? (error.status === 0 ? m.common.noAnswer : m.common.failed);
  };
}

interface ErrorProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function ErrorState({ error, onRetry }: ErrorProps): ReactNode {
  const { m } = useMessages();
  const text = useErrorText();
  return (
    <div className="state error" role="alert">
      <Icon name="alert" />
      <h2>{m.common.failed}</h2>
      <p>{text(error)}</p>
      {onRetry && (
        <Button icon="roll" onClick={onRetry}>
          {m.common.retry}
        </Button>
      )}
    </div>
  );
}

/**
 * What was wrong in a request, one line each, as the command line says it. The daemon's sentence is made of the same lines, so it is
 * shown only where there are none.
 */
export function Faults({ error }: { readonly error: unknown }): ReactNode {
  const { m } = useMessages();
  const text = useErrorText();
  if (error === null || error === undefined) return null;
  const faults = error instanceof RequestFailed ? (error.problem?.faults ?? []) : [];
  return (
    <div className="fault" role="alert">
      {faults.length === 0 ? (
        <p>{text(error)}</p>
      ) : (
        <ul>
          {faults.map(({ path, found, expected }) => (
            <li key={path + found}>{m.common.expected(path, found, expected)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Grey lines where text will be. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }): ReactNode {
  const { m } = useMessages();
  return (
    <div role="status" className="skeletons">
      <span className="sr">{m.common.loading}</span>
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} className="skeleton" />
      ))}
    </div>
  );
}

interface BannerProps {
  readonly tone?: 'warn' | 'bad';
  readonly icon?: IconName;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Announced by screen readers when it appears. */
export const Banner = ({
  tone = 'warn',
  icon = 'alert',
  title,
  children,
  action,
}: BannerProps): ReactNode => (
  <div className={`banner ${tone}`} role="status">
    <Icon name={icon} />
    <span>
      {title}
      {children !== undefined && <span className="more">{children}</span>}
    </span>
    {action}
  </div>
);

/** A block of a page: title, what belongs beside it, content. */
export const Panel = ({
  title,
  beside,
  isPadded = true,
  children,
}: {
  readonly title: ReactNode;
  readonly beside?: ReactNode;
  /** Whether the content keeps a distance to the edge; tables do not. */
  readonly isPadded?: boolean;
  readonly children: ReactNode;
}): ReactNode => (
  <section className="panel">
    <header>
      <h2>{title}</h2>
      {beside}
    </header>
    {isPadded ? <div className="body">{children}</div> : children}
  </section>
);
