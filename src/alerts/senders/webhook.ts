/** A signed webhook (Standard Webhooks): the id is that of the delivery, so that a receiver can drop what it has already. */
import { Webhook } from 'standardwebhooks';
import type { Outgoing } from '../../net/outgoing.ts';
import type { AlertSender, OutgoingAlert } from '../../ports/channels.ts';
import { bytesOf, fitted } from './fitted.ts';
import { post } from './http-post.ts';

const bodyMaxBytes = 64 << 10;
const textMax = 8 << 10;

export const webhookSender = (outgoing: Outgoing): AlertSender<'webhook'> => ({
  send: async (message, { url, secret }, signal) => {
    const body = bodyOf(message);
    const now = new Date();
    const headers = {
      'webhook-id': message.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(message.id, now, body),
    };
    return post(outgoing, { url, headers, body, secrets: [secret], signal });
  },
});

function bodyOf(message: OutgoingAlert): string {
  const whole = JSON.stringify(payload(message, message.figures));
  return bytesOf(whole) <= bodyMaxBytes ? whole : JSON.stringify(payload(message, {}));
}

const payload = (message: OutgoingAlert, figures: object): object => ({
  type: `alert.${message.code}`,
  timestamp: new Date(message.atMs).toISOString(),
  data: {
    id: message.id,
    severity: message.severity,
    code: message.code,
    figures,
    account: message.accountId === null ? null : { id: message.accountId, name: message.accountName },
    taskId: message.taskId,
    silent: message.isSilent,
    text: fitted(message.text, textMax),
  },
});
