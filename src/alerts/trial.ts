/** Tries a channel out with the senders of this program (ports/channel-trial.ts). */
import { AddressRefused } from '../net/outgoing.ts';
import type { ChannelTrial } from '../ports/channel-trial.ts';
import type { AlertSender } from '../ports/channels.ts';
import { boundedAttempt } from './attempt.ts';
import { openSenders, type SendingOptions } from './open-alerts.ts';

const timeoutMs = 15_000;

export interface OpenedTrial extends ChannelTrial {
  close(): Promise<void>;
}

export function openTrial(options: SendingOptions): OpenedTrial {
  const sending = openSenders(options);
  const { senders, outgoing } = sending;
  return {
    refusalOf: (kind, address) => {
      if (senders[kind] === null)
        return Promise.resolve(notSetUp[kind] ?? `the operator has not set up ${kind}`);
      try {
        if ('url' in address) outgoing.assertAllowed(address.url);
        return Promise.resolve(null);
      } catch (error) {
        if (error instanceof AddressRefused) return Promise.resolve(error.message);
        throw error;
      }
    },
    send: (kind, address, message) => {
      const sender: AlertSender<typeof kind> | null = senders[kind];
      if (sender === null)
        return Promise.resolve({
          kind: 'refused',
          said: notSetUp[kind] ?? `the operator has not set up ${kind}`,
        });
      return boundedAttempt((signal) => sender.send(message, address, signal), timeoutMs);
    },
    close: () => sending.close(),
  };
}

const notSetUp: Readonly<Record<string, string>> = {
  email: 'the operator has no mail server: SMTP_URL and ALERTS_FROM',
  telegram: 'the operator has no bot: TELEGRAM_BOT_TOKEN',
};
