/** Slack's incoming webhooks. The text is sent as plain text, so that nothing in it mentions, links or formats. */
import type { Outgoing } from '../../net/outgoing.ts';
import type { AlertSender } from '../../ports/channels.ts';
import { fitted } from './fitted.ts';
import { post } from './http-post.ts';

const plainMax = 3_000;
const noticeMax = 300;

/** Of the line that notifications show, which Slack reads as its own format. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slackSender = (outgoing: Outgoing): AlertSender<'slack'> => ({
  send: ({ text }, { url }, signal) => {
    const plain = { type: 'plain_text', text: fitted(text, plainMax), emoji: false };
    const body = JSON.stringify({
      text: fitted(text, noticeMax, { render: escaped }),
      blocks: [{ type: 'section', text: plain }],
      unfurl_links: false,
      unfurl_media: false,
    });
    return post(outgoing, { url, body, signal });
  },
});
