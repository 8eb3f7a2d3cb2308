/** Opens what brings alerts to people: the deliverer with its senders, and the heartbeat. */
import { Outgoing } from '../net/outgoing.ts';
import type { AlertSender, AlertSenders } from '../ports/channels.ts';
import type { DeliveryBook } from '../ports/deliveries.ts';
import { Deliverer } from './deliverer.ts';
import { Heartbeat } from './heartbeat.ts';
import type { AlertLog } from './log.ts';
import type { MailOptions } from './senders/email.ts';
import { sendersOf } from './senders/senders.ts';

export interface SendingOptions {
  readonly mail: MailOptions | null;
  /** Hosts, addresses and ranges that may be reached although they are private. */
  readonly permitted: readonly string[];
  /** The bot's sender; `null` without a bot. */
  readonly telegram: AlertSender<'telegram'> | null;
}

export interface AlertsOptions extends SendingOptions {
  readonly book: DeliveryBook;
  readonly heartbeat: { readonly url: string; readonly everyMs: number } | null;
  /** Why the daemon does not do its work now; `null` while it does. */
  readonly problem: () => string | null;
  readonly log: AlertLog;
}

export interface OpenedAlerts {
  close(): Promise<void>;
}

export async function openAlerts(options: AlertsOptions): Promise<OpenedAlerts> {
  const { book, heartbeat, problem, log } = options;
  const sending = openSenders(options);
  const deliverer = new Deliverer({ book, senders: sending.senders, log });
  const beating = heartbeat === null ? null : new Heartbeat({ ...heartbeat, problem, log });
  await deliverer.start();
  beating?.start();
  return {
    close: async () => {
      await Promise.all([deliverer.close(), beating?.close()]);
      await sending.close();
    },
  };
}

/** Senders without a deliverer, for trying a channel out. */
export function openSenders({ mail, permitted, telegram }: SendingOptions): {
  readonly senders: AlertSenders;
  readonly outgoing: Outgoing;
  close(): Promise<void>;
} {
  const outgoing = new Outgoing({ permitted });
  const senders = sendersOf({ outgoing, mail, telegram });
  return { senders, outgoing, close: () => outgoing.close() };
}
