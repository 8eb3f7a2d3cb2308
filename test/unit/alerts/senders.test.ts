/** Each kind of channel that speaks HTTP: what it sends to a real socket, and what it makes of answers. */
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { boundedAttempt } from '../../../src/alerts/attempt.ts';
import { sendersOf } from '../../../src/alerts/senders/senders.ts';
import { Outgoing } from '../../../src/net/outgoing.ts';
import type {
  AlertSender,
  ChannelAddresses,
  ChannelKind,
  OutgoingAlert,
  SendOutcome,
} from '../../../src/ports/channels.ts';
import {
  answerWith,
  misbehaviours,
  openReceiver,
  type Receiver,
  type Received,
} from '../../support/receiver.ts';

let receiver: Receiver;
const outgoing = new Outgoing({ permitted: ['127.0.0.1'] });
const senders = sendersOf({ outgoing, mail: null, telegram: null });
beforeAll(async () => {
  receiver = await openReceiver();
});
afterEach(() => {
  receiver.respond = answerWith(200, '{}');
});
afterAll(async () => {
  await outgoing.close();
  await receiver.close();
});

const secret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const hostile =
  '<!channel> @everyone *bold* `code` [link](https://evil.example) <b>html</b>\n& ünï 漢 "quotes" \\';
const message: OutgoingAlert = {
  id: '0b0f2f0e-7a57-4a8b-9d2c-6f1f8d3c2b1a',
  severity: 'critical',
  code: 'rolled',
  figures: { symbol: 'BTC', n: 1 },
  accountId: '7',
  accountName: 'main',
  taskId: 'k7m2p9qx4d',
  text: `CRITICAL · main\n${hostile}\n2026-11-30 14:05 UTC`,
  atMs: Date.UTC(2026, 10, 30, 14, 5),
  isSilent: false,
};

const addresses = (): Omit<ChannelAddresses, 'telegram' | 'email'> => ({
  webhook: { url: `${receiver.url}/hook/TOP-SECRET-PATH`, secret },
  ntfy: { url: `${receiver.url}/base/TOP-SECRET-PATH`, token: 'tk_TOP_SECRET_TOKEN' },
  slack: { url: `${receiver.url}/services/TOP-SECRET-PATH` },
  discord: { url: `${receiver.url}/api/webhooks/1/TOP-SECRET-PATH` },
  apprise: { url: `${receiver.url}/notify/TOP-SECRET-PATH`, tag: 'ops' },
});
const kinds = ['webhook', 'ntfy', 'slack', 'discord', 'apprise'] as const satisfies readonly ChannelKind[];

function send(
  kind: (typeof kinds)[number],
  changes: Partial<OutgoingAlert> = {},
  timeoutMs = 5_000,
): Promise<SendOutcome> {
  const sender: AlertSender | null = senders[kind];
  if (sender === null) throw new Error(`no sender of ${kind}`);
  return boundedAttempt(
    (signal) => sender.send({ ...message, ...changes }, addresses()[kind], signal),
    timeoutMs,
  );
}
async function sent(
  kind: (typeof kinds)[number],
  changes: Partial<OutgoingAlert> = {},
): Promise<Received & { readonly json: Record<string, unknown> }> {
  expect(await send(kind, changes)).toMatchObject({ kind: 'delivered' });
  const last = receiver.received.at(-1) as Received;
  return { ...last, json: JSON.parse(last.body) as Record<string, unknown> };
}

describe('A signed webhook', () => {
  it('carries everything a program needs, and a signature that verifies', async () => {
    const { body, headers } = await sent('webhook');
    expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toEqual({
      type: 'alert.rolled',
      timestamp: '2026-11-30T14:05:00.000Z',
      data: {
        id: message.id,
        severity: 'critical',
        code: 'rolled',
        figures: { symbol: 'BTC', n: 1 },
        account: { id: '7', name: 'main' },
        taskId: 'k7m2p9qx4d',
        silent: false,
        text: message.text,
      },
    });
  });

  it('leaves figures out rather than being too large', async () => {
    const { json, body } = await sent('webhook', { figures: { said: 'x'.repeat(1 << 20) } });
    expect(body.length).toBeLessThan(64 << 10);
    expect(json).toMatchObject({ data: { figures: {}, text: message.text } });
  });
});

describe('ntfy', () => {
  it('is published as JSON to the server, with topic, priority and token', async () => {
    const { json, path, headers } = await sent('ntfy');
    expect(path).toBe('/base');
    expect(headers.authorization).toBe('Bearer tk_TOP_SECRET_TOKEN');
    expect(json).toEqual({
      topic: 'TOP-SECRET-PATH',
      title: 'CRITICAL · main',
      message: message.text,
      priority: 5,
      tags: ['rotating_light'],
    });
    expect((await sent('ntfy', { severity: 'info' })).json).toMatchObject({ priority: 3 });
    expect((await sent('ntfy', { isSilent: true })).json).toMatchObject({ priority: 2 });
  });

  it('keeps within its bytes', async () => {
    const { json } = await sent('ntfy', { text: '漢'.repeat(5_000) });
    expect(Buffer.byteLength(json['message'] as string)).toBeLessThanOrEqual(4_000);
  });
});

describe('Slack', () => {
  it('receives plain text that mentions and links nothing', async () => {
    const { json } = await sent('slack');
    expect(json).toMatchObject({
      blocks: [{ type: 'section', text: { type: 'plain_text', text: message.text, emoji: false } }],
      unfurl_links: false,
    });
    expect(json['text']).toContain('&lt;!channel&gt; @everyone');
    expect(json['text']).not.toContain('<');
    const long = await sent('slack', { text: '&'.repeat(10_000) });
    expect((long.json['text'] as string).length).toBeLessThanOrEqual(300);
    expect(JSON.stringify(long.json['blocks']).length).toBeLessThan(3_200);
  });
});

describe('Discord', () => {
  it('mentions nobody and formats nothing', async () => {
    const { json } = await sent('discord', { isSilent: true });
    expect(json).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 | 4_096 });
    expect(json['content']).toContain('\\<!channel\\> \\@everyone \\*bold\\* \\`code\\`');
    expect(json['content']).toContain('https\\://evil.example');
    expect(
      ((await sent('discord', { text: '*'.repeat(9_000) })).json['content'] as string).length,
    ).toBeLessThanOrEqual(2_000);
  });

  it('says in its body how long to wait', async () => {
    receiver.respond = answerWith(429, '{"message":"slow","retry_after":2.5,"global":false}', {
      'retry-after': '3',
    });
    expect(await send('discord')).toEqual({ kind: 'later', retryAfterMs: 2_500, said: 'answered 429' });
  });
});

describe('Apprise', () => {
  it('receives title, text, type and tag', async () => {
    expect((await sent('apprise')).json).toEqual({
      title: 'CRITICAL · main',
      body: message.text,
      type: 'failure',
      format: 'text',
      tag: 'ops',
    });
  });

  it('that has nothing stored under the key delivered nothing; one that could not hand on may later', async () => {
    receiver.respond = answerWith(204);
    expect(await send('apprise')).toMatchObject({ kind: 'refused' });
    receiver.respond = answerWith(424, '{"error":"some failed"}');
    expect(await send('apprise')).toMatchObject({ kind: 'later' });
  });
});

describe.each(kinds)('A receiver of %s', (kind) => {
  it('that asks to wait is obeyed, by seconds and by date', async () => {
    receiver.respond = answerWith(429, 'no', { 'retry-after': '7' });
    expect(await send(kind)).toMatchObject({ kind: 'later', retryAfterMs: 7_000 });
    receiver.respond = answerWith(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    const outcome = await send(kind);
    const waitMs = outcome.kind === 'later' ? outcome.retryAfterMs : null;
    expect(waitMs).toBeGreaterThan(50_000);
    expect(waitMs).toBeLessThanOrEqual(60_000);
    receiver.respond = answerWith(429, '', { 'retry-after': 'soon' });
    expect(await send(kind)).toMatchObject({ kind: 'later', retryAfterMs: null });
  });

  it('that fails may take it later; one that refuses, or sends elsewhere, never will', async () => {
    for (const status of [500, 502, 503, 408, 425]) {
      receiver.respond = answerWith(status);
      expect(await send(kind)).toEqual({ kind: 'later', retryAfterMs: null, said: `answered ${status}` });
    }
    for (const status of [400, 401, 403, 404, 410, 413, 422]) {
      receiver.respond = answerWith(status);
      expect(await send(kind)).toEqual({ kind: 'refused', said: `answered ${status}` });
    }
    const before = receiver.received.length;
    receiver.respond = answerWith(307, '', { location: `${receiver.url}/elsewhere` });
    expect(await send(kind)).toEqual({ kind: 'refused', said: 'answered 307: redirects are not followed' });
    expect(receiver.received).toHaveLength(before + 1);
  });

  it('that hangs, closes, never ends or says too much does not hold anybody up, and leaks nothing', async () => {
    for (const respond of Object.values(misbehaviours)) {
      receiver.respond = respond;
      const beganMs = Date.now();
      const outcome = await send(kind, {}, 500);
      expect(Date.now() - beganMs).toBeLessThan(5_000);
      expect(JSON.stringify(outcome)).not.toMatch(/SECRET/i);
    }
  });

  it('that repeats its address has it quoted to nobody', async () => {
    receiver.respond = (response, { path, headers, body }) =>
      answerWith(400, `${path} ${headers.authorization ?? ''} ${body}`)(response, undefined as never);
    expect(JSON.stringify(await send(kind))).not.toMatch(/SECRET|whsec/i);
    receiver.respond = answerWith(400, 'top-secret-path is not known here');
    expect(await send(kind)).toEqual({ kind: 'refused', said: 'answered 400' });
    receiver.respond = answerWith(400, 'invalid_payload');
    expect(await send(kind)).toEqual({ kind: 'refused', said: 'answered 400: invalid_payload' });
  });
});
