/** Discord's webhooks. Nobody is mentioned, whatever the text holds, and nothing in it formats or links. */
import type { Outgoing, OutgoingAnswer } from '../../net/outgoing.ts';
import type { AlertSender, SendOutcome } from '../../ports/channels.ts';
import { fitted } from './fitted.ts';
import { post } from './http-post.ts';

const contentMax = 2_000;
const flags = { withoutEmbeds: 4, silent: 4_096 };

/** A backslash before punctuation is not shown. */
const escaped = (text: string): string =>
  text.replace(/[\\*_~`|<>#@[\]]/g, '\\$&').replaceAll('://', '\\://');

export const discordSender = (outgoing: Outgoing): AlertSender<'discord'> => ({
  send: ({ text, isSilent }, { url }, signal) => {
    const body = JSON.stringify({
      content: fitted(text, contentMax, { render: escaped }),
      allowed_mentions: { parse: [] },
      flags: flags.withoutEmbeds | (isSilent ? flags.silent : 0),
    });
    return post(outgoing, { url, body, signal, judge: rateLimited });
  },
});

/** Its seconds in the body have fractions, and are there also when the header is not. */
function rateLimited({ status, text }: OutgoingAnswer): SendOutcome | null {
  if (status !== 429) return null;
  try {
    const { retry_after: seconds } = JSON.parse(text) as { readonly retry_after?: unknown };
    if (typeof seconds !== 'number' || !(seconds >= 0)) return null;
    return { kind: 'later', retryAfterMs: Math.ceil(seconds * 1_000), said: 'answered 429' };
  } catch {
    return null;
  }
}
