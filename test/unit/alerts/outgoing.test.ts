/** Requests to addresses that users chose: what is never connected to, and what an answer may cost. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefused, NoAnswer, Outgoing } from '../../../src/net/outgoing.ts';
import { isPermission, Permissions } from '../../../src/net/permissions.ts';
import { answerWith, certificate, openReceiver, type Receiver } from '../../support/receiver.ts';

let plain: Receiver;
let encrypted: Receiver;
const open: Outgoing[] = [];
beforeAll(async () => {
  [plain, encrypted] = [await openReceiver(), await openReceiver('https')];
});
afterAll(async () => {
  for (const outgoing of open) await outgoing.close();
  await plain.close();
  await encrypted.close();
});
function outgoing(permitted: readonly string[], ca?: string): Outgoing {
  const made = new Outgoing({ permitted, ca });
  open.push(made);
  return made;
}
const send = (to: Outgoing, url: string): Promise<unknown> =>
  to.send({ url, signal: AbortSignal.timeout(5_000) });

describe('An address', () => {
  it.each([
    ...[
      '127.0.0.1',
      '127.9.9.9',
      '10.0.0.1',
      '172.16.3.4',
      '192.168.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
    ],
    ...[
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
      '192.0.2.1',
      '198.18.0.1',
      '::1',
      '::',
      'fe80::1',
      'fc00::1',
    ],
    ...[
      'fd00:ec2::254',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:a9fe:a9fe',
      '64:ff9b::7f00:1',
    ],
    ...['2002:7f00:1::', '2001:0:7f00:1::', '2001:db8::1', '::127.0.0.1', 'fec0::1', '100::1'],
  ])('%s is never connected to', (address) => {
    const connection = { hostname: 'example.com', isEncrypted: true };
    expect(new Permissions([]).refusalOf(address, connection)).toMatch(/private network/);
  });

  it.each(['93.184.216.34', '8.8.8.8', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is, encrypted',
    (address) => {
      const permissions = new Permissions([]);
      expect(permissions.refusalOf(address, { hostname: 'example.com', isEncrypted: true })).toBeNull();
      expect(permissions.refusalOf(address, { hostname: 'example.com', isEncrypted: false })).toMatch(
        /not encrypted/,
      );
    },
  );

  it('is permitted by its host, itself or its range', () => {
    const connection = { hostname: 'ntfy.home.arpa', isEncrypted: false };
    for (const permitted of [
      'ntfy.home.arpa',
      'NTFY.home.arpa.',
      '192.168.1.20',
      '192.168.0.0/16',
      '::ffff:192.168.1.20',
    ])
      expect(new Permissions([permitted]).refusalOf('192.168.1.20', connection)).toBeNull();
    for (const permitted of ['home.arpa', '192.168.1.21', '192.168.2.0/24', 'fc00::/7'])
      expect(new Permissions([permitted]).refusalOf('192.168.1.20', connection)).not.toBeNull();
  });

  it('is judged before anything is sent, however it is written', () => {
    const guarded = outgoing([]);
    for (const url of [
      ...[
        'http://93.184.216.34/',
        'https://127.0.0.1/',
        'https://0x7f.1/',
        'https://2130706433/',
        'https://[::1]/',
      ],
      ...[
        'https://[::ffff:7f00:1]/',
        'https://user:pass@example.com/',
        'ftp://example.com/',
        'file:///etc/passwd',
        'nothing',
      ],
    ])
      expect(() => guarded.assertAllowed(url), url).toThrow(AddressRefused);
    for (const url of ['https://example.com/hook', 'https://8.8.8.8/', 'https://[2606:4700::1111]:8443/x'])
      expect(() => guarded.assertAllowed(url), url).not.toThrow();
  });

  it('whose name leads to this machine is refused when it is connected to, as it might have changed', async () => {
    const guarded = outgoing([]);
    const url = encrypted.url.replace('127.0.0.1', 'localhost');
    expect(() => guarded.assertAllowed(url)).not.toThrow();
    await expect(send(guarded, url)).rejects.toBeInstanceOf(AddressRefused);
    expect(encrypted.received).toEqual([]);
  });

  it('that is permitted for one host is not for another that leads to the same place', async () => {
    await expect(send(outgoing(['localhost']), plain.url)).rejects.toBeInstanceOf(AddressRefused);
    expect(plain.received).toEqual([]);
    await send(outgoing(['localhost']), plain.url.replace('127.0.0.1', 'localhost'));
    expect(plain.received).toHaveLength(1);
  });
});

describe('A permission', () => {
  it('is a host, an address or a range, and nothing else', () => {
    for (const right of ['localhost', 'ntfy.home.arpa', '10.0.0.1', '10.0.0.0/8', 'fc00::/7', '::1', '[::1]'])
      expect(isPermission(right), right).toBe(true);
    for (const wrong of [
      '',
      'http://x',
      '10.0.0',
      '10.0.0.0/33',
      '10.0.0.1/x',
      'a b',
      '300.1.1.1',
      '*',
      'x/24',
    ])
      expect(isPermission(wrong), wrong).toBe(false);
  });
});

describe('A redirect', () => {
  it('is an answer, and followed by nobody', async () => {
    const target = await openReceiver();
    plain.respond = answerWith(302, '', { location: target.url });
    expect(await send(outgoing(['127.0.0.1']), plain.url)).toMatchObject({ status: 302 });
    expect(target.received).toEqual([]);
    await target.close();
  });
});

describe('A certificate', () => {
  it('that nobody trusts ends the connection, without naming the address', async () => {
    const url = `${encrypted.url}/TOP-SECRET`;
    const refused = await send(outgoing(['127.0.0.1']), url).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(NoAnswer);
    expect(String(refused)).toMatch(/certificate/);
    expect(String(refused)).not.toMatch(/SECRET|127/);
    expect(await send(outgoing(['127.0.0.1'], certificate), url)).toMatchObject({ status: 200 });
  });
});

describe('A host that is not known', () => {
  it('is said to be so', async () => {
    const refused = await send(outgoing([]), 'https://no-such-host.invalid/TOP-SECRET').catch(
      (e: unknown) => e,
    );
    expect(String(refused)).not.toMatch(/SECRET|invalid/);
    expect(refused).toBeInstanceOf(NoAnswer);
  });
});
