/** Tells an observer of each request: how it went, how long it waited for room and its answer took, and what the caller was told. */
import { Retryable, Terminal } from '../../../domain/errors.ts';
import type {
  ExchangeObserver,
  ObservedRequest,
  RequestResult,
  RequestWay,
} from '../../../ports/observer.ts';
import type { LocalTime } from '../time/local-time.ts';

export interface Observing {
  readonly observer: ExchangeObserver;
  readonly local: LocalTime;
  readonly kind: ObservedRequest['kind'];
}

/** @param send is given what to call when the request leaves, with the way it goes */
export async function observed<Answer>(
  { observer, local, kind }: Observing,
  send: (onLeave: (way: RequestWay) => void) => Promise<Answer>,
): Promise<Answer> {
  const askedAtMs = local.nowMs();
  let leftAtMs: number | null = null;
  let way: RequestWay = 'rest';
  const note = (result: RequestResult): void => {
    const endedAtMs = local.nowMs();
    const waitedMs = (leftAtMs ?? endedAtMs) - askedAtMs;
    const tookMs = leftAtMs === null ? null : endedAtMs - leftAtMs;
    observer.request({ kind, way, result, waitedMs, tookMs });
  };
  try {
    const answer = await send((by) => {
      leftAtMs = local.nowMs();
      way = by;
    });
    note('ok');
    return answer;
  } catch (error) {
    note(error instanceof Retryable ? 'retryable' : error instanceof Terminal ? 'refused' : 'unknown');
    throw error;
  }
}
