/** Events as they happen, over real sockets: what arrives, what is not shown, and what becomes of those who do not read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator } from '../../../src/application/caller.ts';
import { shareAccount, unshareAccount } from '../../../src/application/share-account.ts';
import { addToken, revokeToken } from '../../../src/application/tokens.ts';
import { banUser } from '../../../src/application/user-access.ts';
import type { TurnRecord } from '../../../src/ports/journal.ts';
import { ApiFixture, problemIn } from '../../support/api-fixture.ts';
import { openEvents, type EventStream, type StreamOptions } from '../../support/event-stream.ts';

let fixture: ApiFixture;
const streams: EventStream[] = [];
const accounts = new Map<string, string>();

beforeAll(async () => {
  const bounds = {
    sightMs: 100,
    slowMaxMs: 500,
    beatMs: 100,
    lingerMs: 60_000,
    ofOneMax: 3,
    subscribersMax: 12,
  };
  fixture = await ApiFixture.open({ live: { bounds } });
  for (const name of ['ann', 'ben', 'cid', 'dora']) {
    await fixture.user(name, { accountName: 'main' });
    const [account] = await fixture.ports.directory.accounts({ userName: name }, { userId: null });
    accounts.set(name, account?.accountId ?? '');
  }
});
afterAll(() => fixture.close());

async function watch(userName: string, options: StreamOptions = {}): Promise<EventStream> {
  const headers = { authorization: `Bearer ${await fixture.token(userName, 'read')}`, ...options.headers };
  const stream = await openEvents(fixture.api.url, { ...options, headers });
  streams.push(stream);
  return stream;
}

async function closeAll(): Promise<void> {
  for (const stream of streams.splice(0)) stream.close();
  await expect.poll(() => fixture.live.hub.counts.subscribers).toBe(0);
}

/** A turn of a task in an account is committed. */
function turn(userName: string, taskId: string, version: number, changes: Partial<TurnRecord> = {}): void {
  const record = {
    accountId: accounts.get(userName) ?? '',
    taskId,
    expectedVersion: version - 1,
    atMs: 1_700_000_000_000 + version,
    state: 'IDLE.watching',
    alerts: [],
    ...changes,
  };
  fixture.feed.turn(record as unknown as TurnRecord, Promise.resolve());
}

const tick = (coin: string, index: string, atMs: number): void =>
  fixture.feed.ticks([{ feed: 'underlying', source: coin, readings: { index }, atMs }]);

describe('A stream of events', () => {
  it('begins with hello and with what is known of prices, and goes on with what happens', async () => {
    tick('BTC', '23500.5', 1_000);
    fixture.feed.feed('underlying', ['ETH'], { reason: 'silent for 12 s', atMs: 2_000 });
    const ann = await watch('ann');
    expect(ann).toMatchObject({ status: 200 });
    expect(ann.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    });
    await expect
      .poll(() => ann.events.map(({ event }) => event))
      .toMatchObject([
        { kind: 'hello', environment: 'paper', daemon: 'daemon-a' },
        { kind: 'feed', coin: 'ETH', isStale: true, reason: 'silent for 12 s', sinceMs: 2_000 },
        { kind: 'prices', prices: [{ coin: 'BTC', index: '23500.5', atMs: 1_000 }] },
      ]);
    tick('BTC', '23501', 3_000);
    turn('ann', 'task1', 7);
    await expect.poll(() => ann.of('prices').at(-1)).toMatchObject({ prices: [{ index: '23501' }] });
    await expect
      .poll(() => ann.of('task'))
      .toMatchObject([{ taskId: 'task1', version: 7, state: 'IDLE.watching' }]);
    fixture.feed.halt({ accountId: accounts.get('ann') ?? '', isHalted: true, atMs: 4_000 });
    await expect.poll(() => ann.of('halt')).toEqual([{ kind: 'halt', isHalted: true, atMs: 4_000 }]);
    await expect.poll(() => ann.beats()).toBeGreaterThan(2);
    await closeAll();
  });

  it('shows nothing of accounts that the caller does not see, and no account by its id', async () => {
    const [ann, ben] = [await watch('ann'), await watch('ben')];
    const alerts = [
      { severity: 'critical', code: 'stopped', figures: { symbol: 'X', reason: null } },
    ] as never;
    turn('ann', 'anns', 1, { alerts });
    turn('ben', 'bens', 1);
    await expect.poll(() => ben.of('task')).toHaveLength(1);
    await expect.poll(() => ann.of('alert')).toMatchObject([{ taskId: 'anns', severity: 'critical' }]);
    expect(JSON.stringify(ben.events)).not.toContain('anns');
    expect(JSON.stringify(ann.events)).not.toMatch(/bens|accountId/);
    await closeAll();
  });

  it('goes on after the last event that was seen, without loss and without repetition', async () => {
    const first = await watch('ann');
    for (let version = 1; version <= 5; version += 1) turn('ann', `task${version}`, version);
    await expect.poll(() => first.of('task')).toHaveLength(5);
    const lastEventId = first.lastId();
    first.close();
    for (let version = 6; version <= 900; version += 1) turn('ann', `task${version}`, version);
    const again = await watch('ann', { headers: { 'last-event-id': lastEventId } });
    turn('ann', 'task901', 901);
    await expect
      .poll(() => again.of('task').map(({ version }) => version))
      .toEqual(Array.from({ length: 896 }, (_, at) => at + 6));
    expect(again.of('hello')).toEqual([]);
    const third = await watch('ann', { path: `/api/events?lastEventId=${again.lastId()}` });
    turn('ann', 'task902', 902);
    await expect.poll(() => third.of('task').map(({ version }) => version)).toEqual([902]);
    expect(third.of('hello')).toEqual([]);
    await closeAll();
  });

  it('begins anew where the last event is of another daemon, made up, or too long ago', async () => {
    const ann = await watch('ann');
    await expect.poll(() => ann.lastId()).not.toBe('');
    const old = ann.lastId();
    const [run = ''] = old.split('.');
    for (const last of [2_500, 5_000]) {
      for (let version = last - 2_499; version <= last; version += 1) turn('ann', `many${version}`, version);
      await expect.poll(() => ann.of('task').at(-1)?.version).toBe(last);
    }
    await closeAll();
    for (const id of [old, `${run}.99999999`, 'a'.repeat(12) + '.1', 'nonsense', '1']) {
      const stream = await watch('ann', { headers: { 'last-event-id': id } });
      await expect.poll(() => stream.events[0]?.event.kind).toBe('hello');
      await closeAll();
    }
  });

  it('ends when the token is revoked or the user banned, and narrows when a share is taken away', async () => {
    const tokenName = 'to be revoked';
    const { token } = await addToken(operator, fixture.ports, { userName: 'cid', scope: 'read', tokenName });
    const revoked = await openEvents(fixture.api.url, { headers: { authorization: `Bearer ${token}` } });
    const banned = await watch('dora');
    const ben = await watch('ben');
    const account = { userName: 'ann', name: 'main' };
    await shareAccount(operator, fixture.ports, { account, withUser: 'ben', role: 'viewer' });
    await expect
      .poll(() => {
        turn('ann', 'shared', 1);
        return ben.of('task').length;
      })
      .toBeGreaterThan(0);
    await unshareAccount(operator, fixture.ports, { account, withUser: 'ben' });
    await expect
      .poll(async () => {
        const before = ben.of('task').length;
        turn('ann', 'hidden', 2);
        turn('ben', 'own', 3);
        await expect.poll(() => ben.of('task').length).toBeGreaterThan(before);
        return ben.of('task').at(-1)?.taskId === 'own' && ben.of('task').length === before + 1;
      })
      .toBe(true);
    await revokeToken(operator, fixture.ports, { userName: 'cid', tokenName });
    await banUser(operator, fixture.ports, { userName: 'dora', reason: 'test' });
    await expect.poll(() => [revoked.ended(), banned.ended()]).toEqual(['ended', 'ended']);
    expect(ben.ended()).toBe('open');
    await closeAll();
  });

  it('drops who does not read, counts it, and goes on for the others', async () => {
    const [slow, ann] = [await watch('ann'), await watch('ann')];
    slow.stopReading();
    const before = fixture.live.hub.counts.dropped;
    let version = 0;
    await expect
      .poll(
        () => {
          for (let at = 0; at < 1_500; at += 1) turn('ann', `flood${at}`, (version += 1));
          return fixture.live.hub.counts.dropped;
        },
        { interval: 50 },
      )
      .toBe(before + 1);
    await expect.poll(() => ann.of('task').at(-1)?.version).toBe(version);
    expect(ann.ended()).toBe('open');
    await closeAll();
  });

  it('is refused to one user beyond some, and to everybody beyond many', async () => {
    const some = [await watch('ann'), await watch('ann'), await watch('ann')];
    expect(some.map(({ status }) => status)).toEqual([200, 200, 200]);
    const ann = await fixture.client('ann');
    const further = await ann('/api/events');
    expect(problemIn(further)).toMatchObject({ status: 429 });
    expect(further.headers.get('retry-after')).toBe('5');
    some[0]?.close();
    await expect.poll(async () => (await watch('ann')).status).toBe(200);
    await closeAll();
    expect(problemIn(await fixture.send('/api/events'))).toMatchObject({ status: 401 });
  });

  it('ends when the daemon stops, so that clients connect again', async () => {
    const other = await ApiFixture.open({ on: { url: fixture.databaseUrl, store: fixture.ports } });
    const headers = { authorization: `Bearer ${await fixture.token('ann')}` };
    const stream = await openEvents(other.api.url, { headers });
    await expect.poll(() => stream.of('hello')).toHaveLength(1);
    await other.close();
    await expect.poll(() => stream.ended()).toBe('ended');
  });
});
