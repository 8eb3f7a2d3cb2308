/**
 * Reminds a task for as long as its position is missing. It runs beside everything else the task does, so that an order
 * that works for hours is reported too. It also reminds once when it starts: of the reminders that fell due while no
 * daemon ran, the task sends at most one. The machine decides whether a reminder is due; this only knows when to ask.
 */
import { fromCallback, type EventObject } from 'xstate';
import { nextReminderMs } from '../../domain/orders/reminders.ts';
import { hostOf, Stopping, untilTime, type EffectHost } from './effect.ts';

interface ReminderInput {
  /** Since when the position is missing, exchange time; `null` when none is: then no reminder is sent. */
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
