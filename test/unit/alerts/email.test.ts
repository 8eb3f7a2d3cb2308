/** E-mail by a real mail server on loopback, which also refuses, hangs and has a certificate that nobody trusts. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { emailSender } from '../../../src/alerts/senders/email.ts';
import type { OutgoingAlert, SendOutcome } from '../../../src/ports/channels.ts';
import { openMailServer, smtpError, type MailServer } from '../../support/mail-server.ts';
import { certificate } from '../../support/receiver.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
async function mailServer(options: Parameters<typeof openMailServer>[0] = {}): Promise<MailServer> {
  const server = await openMailServer(options);
  open.push(() => server.close());
  return server;
}

const message: OutgoingAlert = {
  id: '0b0f2f0e-7a57-4a8b-9d2c-6f1f8d3c2b1a',
  severity: 'critical',
  code: 'rolled',
  figures: {},
  accountId: '7',
  accountName: 'main',
  taskId: 'k7m2p9qx4d',
  text: 'CRITICAL · main\nRolled 1.\n.\nBcc: all@example.com\n2026-11-30 14:05 UTC',
  atMs: 0,
  isSilent: false,
};
const from = 'Rollkeeper <rollkeeper@example.com>';
const send = (
  smtpUrl: string,
  changes: Partial<OutgoingAlert> = {},
  ca: string | undefined = certificate,
): Promise<SendOutcome> =>
  emailSender({ smtpUrl, from, ca }).send(
    { ...message, ...changes },
    { to: 'ann@example.com' },
    new AbortController().signal,
  );

describe('An e-mail', () => {
  it('goes by TLS with a login, to one person, with an id that stays', async () => {
    const server = await mailServer({ secure: true });
    const url = `smtps://mailer:pass%40word@127.0.0.1:${server.port}`;
    expect(await send(url)).toEqual({ kind: 'delivered' });
    const [{ to, source, user, isEncrypted } = server.received[0] as never] = server.received;
    expect({ to, user, isEncrypted }).toEqual({ to: ['ann@example.com'], user: 'mailer', isEncrypted: true });
    expect(source).toContain(`Message-ID: <${message.id}@example.com>`);
    expect(source).toContain('Auto-Submitted: auto-generated');
    expect(source).toMatch(/^Subject: =\?UTF-8\?|^Subject: CRITICAL/m);
  });

  it('begins without encryption only on this machine', async () => {
    const server = await mailServer();
    expect(await send(`smtp://127.0.0.1:${server.port}`)).toEqual({ kind: 'delivered' });
    expect(server.received[0]?.isEncrypted).toBe(false);
  });

  it('has no header that a text made', async () => {
    const server = await mailServer();
    const accountName = 'main\r\nBcc: thief@example.com\r\n\r\n<script>';
    const text = `CRITICAL · x\nline\r\nBcc: thief@example.com\u2028Cc: thief@example.com`;
    expect(await send(`smtp://127.0.0.1:${server.port}`, { accountName, text })).toEqual({
      kind: 'delivered',
    });
    const [{ source, to } = server.received[0] as never] = server.received;
    const head = source.slice(0, source.indexOf('\r\n\r\n'));
    expect(head).not.toMatch(/^(bcc|cc):/im);
    expect(to).toEqual(['ann@example.com']);
  });

  it('is not sent to a server whose certificate nobody trusts, or that does not accept the login', async () => {
    const server = await mailServer({ secure: true });
    const untrusted = await send(`smtps://mailer:TOP-SECRET@127.0.0.1:${server.port}`, {}, '');
    expect(untrusted).toMatchObject({ kind: 'later' });
    const strict = await mailServer({
      secure: true,
      onAuth: (_auth, _session, done) => done(smtpError(535, 'mailer TOP-SECRET is wrong')),
    });
    const refused = await send(`smtps://mailer:TOP-SECRET@127.0.0.1:${strict.port}`);
    expect(refused).toMatchObject({ kind: 'later', said: expect.stringContaining('login') as string });
    expect(JSON.stringify([untrusted, refused])).not.toMatch(/SECRET|ann@/);
    expect([...server.received, ...strict.received]).toEqual([]);
  });

  it('that the server refuses for good is given up, one that it cannot take now comes again', async () => {
    const [never, later, afterwards] = [
      await mailServer({
        onRcptTo: (_to, _session, done) => done(smtpError(550, 'no ann@example.com here')),
      }),
      await mailServer({ onRcptTo: (_to, _session, done) => done(smtpError(451, 'greylisted')) }),
      await mailServer({
        onData: (stream, _session, done) =>
          void stream.resume().on('end', () => done(smtpError(554, 'spam'))),
      }),
    ];
    const refused = await send(`smtp://127.0.0.1:${never.port}`);
    expect(refused).toMatchObject({ kind: 'refused', said: expect.stringContaining('550') as string });
    expect(JSON.stringify(refused)).not.toContain('ann@');
    expect(await send(`smtp://127.0.0.1:${later.port}`)).toEqual({
      kind: 'later',
      retryAfterMs: null,
      said: 'the mail server answered 451',
    });
    expect(await send(`smtp://127.0.0.1:${afterwards.port}`)).toMatchObject({ kind: 'refused' });
  });

  it('waits for a server that closes, hangs or is away', async () => {
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const { port } = closing.address() as AddressInfo;
    expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({ kind: 'later' });
    await new Promise((resolve) => closing.close(resolve));
    expect(await send(`smtp://127.0.0.1:${port}`)).toMatchObject({ kind: 'later' });
  });
});
