/** What a person may set of a channel, and which addresses each kind takes; an address is never repeated in what is said of it. */
import { describe, expect, test } from 'vitest';
import { readAddress, type GivenAddress } from '../../../src/application/channel-address.ts';
import { readSettings } from '../../../src/application/channel-settings.ts';
import { BadInput } from '../../../src/domain/errors.ts';
import type { ChannelKind } from '../../../src/ports/channels.ts';

function refusal(read: () => unknown): unknown {
  try {
    return { taken: read() };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const [issue] = error.issues;
    return `${issue?.path ?? ''}: ${issue?.found ?? ''}`;
  }
}

describe('the settings of a channel', () => {
  test('leave alone what is not given', () => {
    expect(readSettings({})).toEqual({});
    expect(readSettings({ isBackup: false, isEnabled: true })).toEqual({ isBackup: false, isEnabled: true });
  });

  test('have a rank from 1 to 1000', () => {
    expect(['1', '1000'].map((rank) => readSettings({ rank }))).toEqual([{ rank: 1 }, { rank: 1000 }]);
    for (const rank of ['0', '1001', '-1', '1.5', ' 1', '1 ', '', '01000'])
      expect(refusal(() => readSettings({ rank }))).toBe(`rank: ${JSON.stringify(rank)}`);
  });

  test('have a digest at a time of day, or none', () => {
    expect(readSettings({ digest: '23:59' })).toEqual({ digestAt: '23:59' });
    expect(readSettings({ digest: 'none' })).toEqual({ digestAt: null });
    for (const digest of ['24:00', '8:00', '08:60', '08:00 ', 'at 08:00'])
      expect(refusal(() => readSettings({ digest }))).toBe(`digest: ${JSON.stringify(digest)}`);
  });

  test('have quiet hours between two times that differ, or none', () => {
    expect(readSettings({ quiet: '22:00-07:00' })).toEqual({ quietHours: { from: '22:00', until: '07:00' } });
    expect(readSettings({ quiet: 'none' })).toEqual({ quietHours: null });
    for (const quiet of ['22:00', '22:00-22:00', '22:00-24:00', '22:00-07:00 ', 'from 22:00-07:00'])
      expect(refusal(() => readSettings({ quiet }))).toBe(`quiet: ${JSON.stringify(quiet)}`);
  });

  test('change the kinds that are named, and keep at most 100', () => {
    const known = { rolled: 'silent', paused: 'off' } as const;
    expect(readSettings({ overrides: ['rolled=', 'failed=on'] }, known)).toEqual({
      overrides: { paused: 'off', failed: 'on' },
    });
    for (const override of ['rolled', 'rolled=loud', '1=on', 'rolled=on ', ' rolled=on'])
      expect(refusal(() => readSettings({ overrides: [override] }))).toMatch(/^kind: /);
    const kinds = Array.from({ length: 101 }, (_, at) => `kind${at}=off`);
    expect(refusal(() => readSettings({ overrides: kinds }))).toBe('kind: "101 kinds"');
    expect(Object.keys(readSettings({ overrides: kinds.slice(1) }).overrides ?? {})).toHaveLength(100);
  });

  test('take no noise but the three', () => {
    expect(readSettings({ noise: 'warning' })).toEqual({ noise: 'warning' });
    expect(refusal(() => readSettings({ noise: 'loud' }))).toBe('noise: "loud"');
  });
});

describe('the address of a channel', () => {
  const read = (kind: ChannelKind, address: string, secret: string | null = null) =>
    refusal(() => readAddress(kind, { address, secret } satisfies GivenAddress));

  test.each<[ChannelKind, string, string | null, object]>([
    ['telegram', '-100123', '7', { chatId: '-100123', topicId: '7' }],
    ['telegram', '@rolls', null, { chatId: '@rolls', topicId: null }],
    ['ntfy', 'https://ntfy.sh/rolls', 'tk_12345', { url: 'https://ntfy.sh/rolls', token: 'tk_12345' }],
    ['slack', 'https://hooks.example/a/b', null, { url: 'https://hooks.example/a/b' }],
    ['apprise', 'http://host/notify/key', 'team', { url: 'http://host/notify/key', tag: 'team' }],
    ['email', 'ann@example.com', null, { to: 'ann@example.com' }],
  ])('of %s may be %s with %s', (kind, address, secret, taken) => {
    expect(read(kind, address, secret)).toEqual({ taken });
  });

  test('of a webhook that is given no secret to sign with has one made, another each time', () => {
    const made = [1, 2].map(() => readAddress('webhook', { address: 'https://host/in', secret: null }));
    for (const address of made)
      expect(address).toMatchObject({ secret: expect.stringMatching(/^whsec_.{44}$/) as string });
    expect(made[0]).not.toEqual(made[1]);
  });

  test.each<[ChannelKind, string, string | null, string]>([
    ['telegram', 'ann', null, 'address: 3 characters (not shown)'],
    ['telegram', '1', 'x', 'secret: 1 characters (not shown)'],
    ['webhook', 'https://host/in', 'whsec_short', 'secret: 11 characters (not shown)'],
    ['ntfy', 'https://ntfy.sh/', null, 'address: 16 characters (not shown)'],
    ['ntfy', 'https://ntfy.sh/rolls', 'short', 'secret: 5 characters (not shown)'],
    ['slack', 'https://hooks.example/a', 'more', 'secret: 4 characters (not shown)'],
    ['discord', 'ftp://host/a', null, 'address: 12 characters (not shown)'],
    ['apprise', 'http://host/key', null, 'address: 15 characters (not shown)'],
    ['email', 'ann@example', null, 'address: 11 characters (not shown)'],
    ['email', 'Ann <ann@example.com>', null, 'address: 21 characters (not shown)'],
    ['email', 'ann@example.com', 'x', 'secret: 1 characters (not shown)'],
    ['slack', '', null, 'address: nothing'],
    ['slack', `https://host/${'a'.repeat(1_988)}`, null, 'address: 2001 characters (not shown)'],
  ])('of %s may not be %s with %s', (kind, address, secret, said) => {
    expect(read(kind, address, secret)).toBe(said);
  });
});
