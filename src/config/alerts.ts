/** How alerts leave this program: the mail server, the addresses that may be private, and the heartbeat. */
import { z } from 'zod';
import { isPermission } from '../net/permissions.ts';
import { hidden, type Reader } from './reader.ts';
import { isLoopback, isWellEscaped, seconds } from './shapes.ts';

export interface AlertSettings {
  /** `null` when the operator has no mail server. */
  readonly mail: { readonly smtpUrl: string; readonly from: string } | null;
  /** Hosts, addresses and ranges that channels may reach although they are private, also unencrypted. */
  readonly permitted: readonly string[];
  /** Where a sign of life goes; `null` for nowhere. The address may be a secret. */
  readonly heartbeat: { readonly url: string; readonly everyMs: number } | null;
}

export function readAlerts(reader: Reader): AlertSettings {
  const smtpUrl = reader.read('SMTP_URL', smtpAddress, hidden);
  const from = reader.read('ALERTS_FROM', sender);
  if (smtpUrl !== undefined && reader.text('ALERTS_FROM') === undefined)
    reader.wrong('ALERTS_FROM', 'nothing', `${senderExpected}, because SMTP_URL is given`);
  const url = reader.read('HEARTBEAT_URL', heartbeatAddress, hidden);
  const everySeconds = reader.read('HEARTBEAT_SECONDS', seconds(5, 3_600)) ?? 60;
  return {
    mail: smtpUrl === undefined || from === undefined ? null : { smtpUrl, from },
    permitted: reader.read('ALERTS_PRIVATE_ADDRESSES', permissions) ?? [],
    heartbeat: url === undefined ? null : { url, everyMs: everySeconds * 1_000 },
  };
}

const isAddress = (text: string, right: (url: URL) => boolean): boolean =>
  URL.canParse(text) && right(new URL(text));

const smtpAddress = z
  .string()
  .refine(
    (text) =>
      isAddress(
        text,
        (url) =>
          ['smtp:', 'smtps:'].includes(url.protocol) &&
          url.hostname !== '' &&
          isWellEscaped(url) &&
          (url.username === '' || url.protocol === 'smtps:' || url.password !== '' || isLoopback(url)),
      ),
    'an address like smtps://user:password@mail.example.com:465, or smtp:// for STARTTLS; %40 for an @ in user and password, %25 for a %',
  );

const heartbeatAddress = z
  .string()
  .refine(
    (text) =>
      isAddress(
        text,
        ({ protocol, username, password }) =>
          (protocol === 'https:' || protocol === 'http:') && username === '' && password === '',
      ),
    'an address like https://hc-ping.com/your-id, without a user and a password',
  );

const senderExpected =
  'who e-mails come from, like rollkeeper@example.com or "Rollkeeper <rollkeeper@example.com>"';
const sender = z
  .string()
  .regex(
    /^([\p{L}\p{N} ._-]{1,64} <[^\s<>@"(),:;]+@[A-Za-z0-9.-]+>|[^\s<>@"(),:;]+@[A-Za-z0-9.-]+)$/u,
    senderExpected,
  );

const permissions = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  )
  .refine(
    (all) => all.every(isPermission),
    'hosts, addresses or ranges separated by commas, like ntfy.home.arpa,192.168.1.20,10.0.0.0/8',
  );
