/** An Apprise API server, which hands on to whatever is stored there under the key of the address. */
import { deliveredTitle } from '../../domain/explain/delivered-text.ts';
import type { Outgoing } from '../../net/outgoing.ts';
import type { AlertSender } from '../../ports/channels.ts';
import { fitted } from './fitted.ts';
import { post } from './http-post.ts';

const type = { critical: 'failure', warning: 'warning', info: 'info' } as const;
const bodyMax = 4_000;

export const appriseSender = (outgoing: Outgoing): AlertSender<'apprise'> => ({
  send: (message, { url, tag }, signal) => {
    const body = JSON.stringify({
      title: deliveredTitle(message),
      body: fitted(message.text, bodyMax),
      type: type[message.severity],
      format: 'text',
      ...(tag === null ? {} : { tag }),
    });
    return post(outgoing, {
      url,
      body,
      signal,
      judge: ({ status }) => {
        // Accepted, and handed on to nobody.
        if (status === 204)
          return { kind: 'refused', said: 'answered 204: nothing is stored under this key' };
        if (status === 424)
          return {
            kind: 'later',
            retryAfterMs: null,
            said: 'answered 424: it could not hand the message on',
          };
        return null;
      },
    });
  },
});
