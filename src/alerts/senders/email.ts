/** E-mail by the operator's mail server. One address is one recipient, and no text reaches a header unencoded. */
import { createTransport, type Transporter } from 'nodemailer';
import { deliveredTitle } from '../../domain/explain/delivered-text.ts';
import type { AlertSender, SendOutcome } from '../../ports/channels.ts';
import { bytesOf, fitted } from './fitted.ts';

export interface MailOptions {
  /** `smtps://user:password@host`, or `smtp://` for STARTTLS; without TLS only to this machine. */
  readonly smtpUrl: string;
  readonly from: string;
  /** A certificate that is trusted besides the usual ones. */
  readonly ca?: string | undefined;
}

const textMaxBytes = 32 << 10;
const subjectMax = 120;
const timeoutMs = 10_000;

export function emailSender({ smtpUrl, from, ca }: MailOptions): AlertSender<'email'> {
  const transport = transportTo(smtpUrl, ca);
  const host = /@([^@>]+)>?$/.exec(from)?.[1] ?? 'rollkeeper';
  return {
    send: async (message, { to }) => {
      const { id, severity, text } = message;
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject: subjectOf(deliveredTitle(message), text),
          text: fitted(text, textMaxBytes, { measure: bytesOf }),
          messageId: `<${id}@${host}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          priority: severity === 'critical' ? 'high' : 'normal',
        });
        return { kind: 'delivered' };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}

function transportTo(smtpUrl: string, ca: string | undefined): Transporter {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const isEncrypted = protocol === 'smtps:';
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (isEncrypted ? 465 : 587) : Number(port),
    secure: isEncrypted,
    requireTLS: !isEncrypted && !isHere,
    // Mail servers of this machine offer TLS with certificates of their own making.
    ignoreTLS: !isEncrypted && isHere,
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** The title and the beginning of the sentence, which is what a phone shows. */
const subjectOf = (title: string, text: string): string =>
  fitted(`${title}: ${text.split('\n')[1] ?? ''}`.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), subjectMax);

/** The server's own words may hold the address and are not repeated. */
function failureOf(error: unknown): SendOutcome {
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown };
  const said = typeof responseCode === 'number' ? `the mail server answered ${responseCode}` : null;
  if (code === 'EAUTH')
    return later(`${said ?? 'the mail server refuses'}: it does not accept the login of SMTP_URL`);
  const isAboutMessage = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (isAboutMessage && typeof responseCode === 'number' && responseCode >= 500)
    return { kind: 'refused', said: `${String(said)}: it does not take this message or this address` };
  return later(said ?? `the mail server cannot be used (${typeof code === 'string' ? code : 'no answer'})`);
}

const later = (said: string): SendOutcome => ({ kind: 'later', retryAfterMs: null, said });
