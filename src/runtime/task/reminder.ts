/**
 * Rings for as long as a task misses a position. It lives beside whatever else the task does, so an order that works for
 * hours is reported too. It rings once when it starts: of the reminders that fell due while no daemon ran, the task sends
 * at most one. Whether a reminder is due is the machine's to say; this only knows when to ask.
 */
import { fromCallback, type EventObject } from 'xstate';
import { nextReminderMs } from '../../domain/orders/reminders.ts';
import { hostOf, Stopping, untilTime, type EffectHost } from './effect.ts';

interface ReminderInput {
  /** Since when the position is missing, exchange time; `null` = nothing is, it never rings. */
  readonly sinceMs: number | null;
}

/** Sends `REMINDED` to the machine that invoked it, whenever a reminder may be due. */
export const reminder = fromCallback<EventObject, ReminderInput>(({ input, sendBack, system }) => {
  const stopping = new Stopping();
  const host = hostOf(system);
  const remind = () => host.deliver((stamp) => sendBack({ type: 'REMINDED', ...stamp }));
  if (input.sinceMs !== null) void ring(input.sinceMs, { host, stopping, remind });
  return () => stopping.stop();
});

interface Ringing {
  readonly host: EffectHost;
  readonly stopping: Stopping;
  readonly remind: () => void;
}

async function ring(sinceMs: number, { host, stopping, remind }: Ringing): Promise<void> {
  const { clock } = host;
  for (let atMs = clock.nowMs(); ; atMs = sinceMs + nextReminderMs(clock.nowMs() - sinceMs)) {
    await untilTime(clock, atMs, stopping);
    // While nothing can be stored nothing can be reported either; one reminder afterwards is enough.
    await host.settled();
    if (stopping.isStopped) return;
    remind();
  }
}
