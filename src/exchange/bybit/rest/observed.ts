/** Tells an observer of each request: how long it waited for room, how long its answer took, and what the caller was told. */
import { Retryable, Terminal } from '../../../domain/errors.ts';
import type { ExchangeObserver, ObservedRequest, RequestResult } from '../../../ports/observer.ts';
import type { LocalTime } from '../time/local-time.ts';

export interface Observing {
  readonly observer: ExchangeObserver;
  readonly local: LocalTime;
  readonly kind: ObservedRequest['kind'];
}

/** @param send is given what to call when the request leaves */
export async function observed<Answer>(
  { observer, local, kind }: Observing,
  send: (onLeave: () => void) => Promise<Answer>,
): Promise<Answer> {
  const askedAtMs = local.nowMs();
  let leftAtMs: number | null = null;
  const note = (result: RequestResult): void => {
    const endedAtMs = local.nowMs();
    const waitedMs = (leftAtMs ?? endedAtMs) - askedAtMs;
    observer.request({ kind, result, waitedMs, tookMs: leftAtMs === null ? null : endedAtMs - leftAtMs });
  };
  try {
    const answer = await send(() => (leftAtMs = local.nowMs()));
    note('ok');
    return answer;
  } catch (error) {
    note(error instanceof Retryable ? 'retryable' : error instanceof Terminal ? 'refused' : 'unknown');
    throw error;
  }
}
