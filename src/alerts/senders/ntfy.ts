/** ntfy, published as JSON, because its headers take neither lines nor letters beyond ASCII. */
import { deliveredTitle } from '../../domain/explain/delivered-text.ts';
import type { Outgoing } from '../../net/outgoing.ts';
import type { AlertSender } from '../../ports/channels.ts';
import { bytesOf, fitted } from './fitted.ts';
import { post } from './http-post.ts';

const priority = { critical: 5, warning: 4, info: 3 } as const;
/** Arrives without a sound. */
const silentPriority = 2;
const tag = { critical: 'rotating_light', warning: 'warning', info: 'information_source' } as const;

/** Longer messages become attachments. */
const messageMaxBytes = 4_000;
const titleMaxBytes = 200;

export const ntfySender = (outgoing: Outgoing): AlertSender<'ntfy'> => ({
  send: (message, { url, token }, signal) => {
    const { server, topic } = topicOf(url);
    const { severity, isSilent, text } = message;
    const body = JSON.stringify({
      topic,
      title: fitted(deliveredTitle(message), titleMaxBytes, { measure: bytesOf }),
      message: fitted(text, messageMaxBytes, { measure: bytesOf }),
      priority: isSilent ? silentPriority : priority[severity],
      tags: [tag[severity]],
    });
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const secrets = token === null ? [url] : [url, token];
    return post(outgoing, { url: server, headers, body, secrets, signal });
  },
});

/** The last part of the path is the topic; what is before it is where the server is. */
function topicOf(url: string): { readonly server: string; readonly topic: string } {
  const at = new URL(url);
  const parts = at.pathname.split('/').filter((part) => part !== '');
  const topic = decodeURIComponent(parts.pop() ?? '');
  at.pathname = `/${parts.join('/')}`;
  return { server: at.href, topic };
}
