/**
 * Rings for as long as a task misses a position. It lives beside whatever else the task does, so a person also hears of
 * an order that works for hours. It rings once when it starts: of the reminders that fell due while nobody ran, the
 * task tells at most one. Whether a reminder is due is the machine's to say; this only knows when to ask.
 */
import { fromCallback, type EventObject } from 'xstate';
import { nextReminderMs } from '../domain/gap.ts';
import { hostOf, untilTime, type EffectHost } from './effect.ts';

interface ReminderInput {
  /** Since when the position is missing, exchange time; `null` = nothing is, it never rings. */
  readonly sinceMs: number | null;
}

export const reminder = fromCallback<EventObject, ReminderInput>(({ input, sendBack, system }) => {
  const stopped = new AbortController();
  const host = hostOf(system);
  const remind = () => host.deliver((stamp) => sendBack({ type: 'REMINDED', ...stamp }));
  if (input.sinceMs !== null) void ring(input.sinceMs, host, stopped.signal, remind);
  return () => stopped.abort();
});

async function ring(
  sinceMs: number,
  host: EffectHost,
  stopped: AbortSignal,
  remind: () => void,
): Promise<void> {
  const { clock } = host;
  for (let atMs = clock.nowMs(); ; atMs = sinceMs + nextReminderMs(clock.nowMs() - sinceMs)) {
    await untilTime(clock, atMs, stopped);
    // While nothing can be stored nothing can be told either; one reminder afterwards is enough.
    await host.settled();
    if (stopped.aborted) return;
    remind();
  }
}
