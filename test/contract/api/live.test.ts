/** Prices, the standing of daemons and their health over HTTP; and what a page sees of what happens in another daemon. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriceHistory, SystemView } from '../../../src/api/contract.ts';
import type { OwnStanding } from '../../../src/api/live/services.ts';
import { showSystem } from '../../../src/application/show-system.ts';
import { operator } from '../../../src/application/caller.ts';
import { ApiFixture, problemIn, type Client } from '../../support/api-fixture.ts';
import { openTestStore } from '../../support/database.ts';
import { openEvents } from '../../support/event-stream.ts';

const standing = {
  daemon: 'daemon-a',
  version: '1.2.3',
  environment: 'paper',
  startedAtMs: 1_000,
  problems: [] as readonly string[],
  tasksHere: 5,
  journal: { healthy: true, waiting: 2, lagMs: 3 },
} satisfies OwnStanding;

let fixture: ApiFixture;
let ann: Client;
let root: Client;
let problems: readonly string[] = [];
beforeAll(async () => {
  fixture = await ApiFixture.open({
    administrators: { names: ['root'], identities: [] },
    live: { standing: () => ({ ...standing, problems }) },
  });
  await fixture.user('ann', { accountName: 'main' });
  await fixture.user('root');
  ann = await fixture.client('ann', 'read');
  root = await fixture.client('root');
});
afterAll(() => fixture.close());

describe('Prices', () => {
  it('are given as bars, with the stretches that were silent', async () => {
    const atMs = Date.UTC(2023, 2, 1, 12);
    const tick = (index: string, afterMs: number): void =>
      fixture.feed.ticks([{ feed: 'underlying', source: 'BTC', readings: { index }, atMs: atMs + afterMs }]);
    tick('23500.5', 0);
    tick('23501', 9_999);
    tick('23499.25', 10_000);
    fixture.feed.feed('underlying', ['BTC'], { reason: 'silent', atMs: atMs + 20_000 });
    const { body } = await ann<PriceHistory>('/api/prices/BTC?hours=1');
    expect(body).toEqual({
      coin: 'BTC',
      barMs: 10_000,
      bars: [
        [atMs, '23500.5', '23501', '23500.5', '23501'],
        [atMs + 10_000, '23499.25', '23499.25', '23499.25', '23499.25'],
      ],
      stale: [{ fromMs: atMs + 20_000, toMs: null }],
    });
    expect((await ann<PriceHistory>('/api/prices/DOGE')).body.bars).toEqual([]);
    for (const path of ['/api/prices/btc', '/api/prices/BTC?hours=0', '/api/prices/BTC?hours=1441'])
      expect(problemIn(await ann(path)).status).toBe(400);
    expect(problemIn(await fixture.send('/api/prices/BTC')).status).toBe(401);
  });
});

describe('The system', () => {
  it('is shown whole to who administrates, and to others without what concerns other users', async () => {
    await fixture.ports.ownership.claimAccounts();
    const own = {
      daemon: 'daemon-a',
      version: '1.2.3',
      startedAtMs: 1_000,
      problems: [],
      journal: standing.journal,
    };
    const whole = (await root<SystemView>('/api/system')).body;
    expect(whole).toMatchObject({
      ...own,
      streams: [
        { coin: 'BTC', isLive: false, reason: 'silent', lastAtMs: Date.UTC(2023, 2, 1, 12) + 10_000 },
      ],
      installation: {
        daemons: [{ name: 'daemon-a', isThisOne: true, shards: 1, accounts: 1 }],
        shardsTotal: 64,
        tasks: { active: 0, here: 5 },
        live: { subscribers: 0, dropped: 0 },
      },
    });
    const { body } = await ann<SystemView>('/api/system');
    expect(body).toMatchObject({ ...own, installation: null });
    const other = await openTestStore(fixture.databaseUrl, { daemonName: 'daemon-b' });
    await other.ownership.claimAccounts();
    const { installation } = await showSystem(operator, other, {
      ...standing,
      streams: [],
      live: { subscribers: 0, dropped: 0 },
    });
    expect(installation?.daemons).toEqual([
      { name: 'daemon-a', isThisOne: false, shards: 1, accounts: 1 },
      { name: 'daemon-b', isThisOne: true, shards: 0, accounts: 0 },
    ]);
    await other.close();
  });
});

describe('Health', () => {
  it('is told without signing in, with the reasons, and with no name of anything of a user', async () => {
    expect(await fixture.send('/healthz')).toMatchObject({ status: 200, body: { isAlive: true } });
    expect(await fixture.send('/readyz')).toMatchObject({ status: 200, body: { isReady: true } });
    problems = ['the journal cannot write', 'no prices: the exchange has not answered yet'];
    const answer = await fixture.send('/readyz');
    expect(problemIn(answer)).toMatchObject({
      status: 503,
      title: 'Not ready',
      detail: 'the journal cannot write; no prices: the exchange has not answered yet',
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/\b(ann|main|daemon-a)\b/);
    expect((await fixture.send('/healthz')).status).toBe(200);
    problems = [];
  });
});

describe('Two daemons', () => {
  it('show each other what happens in them, while there are watchers', async () => {
    const store = await openTestStore(fixture.databaseUrl, { daemonName: 'daemon-b' });
    const other = await ApiFixture.open({ on: { url: fixture.databaseUrl, store } });
    const [account] = await fixture.ports.directory.accounts({ userName: 'ann' }, { userId: null });
    const accountId = account?.accountId ?? '';
    other.feed.ticks([{ feed: 'underlying', source: 'ETH', readings: { index: '1600' }, atMs: 5 }]);
    const stream = await openEvents(fixture.api.url, {
      headers: { authorization: `Bearer ${await fixture.token('ann', 'read')}` },
    });
    await expect
      .poll(() => stream.of('prices').flatMap(({ prices }) => prices))
      .toContainEqual({
        coin: 'ETH',
        index: '1600',
        atMs: 5,
      });
    other.feed.begun({ accountId, taskId: 'theirs', version: 3, state: 'IDLE.watching' }, 7);
    other.feed.begun({ accountId: '999', taskId: 'hidden', version: 3, state: 'IDLE.watching' }, 7);
    other.feed.halt({ accountId, isHalted: true, atMs: 8 });
    await expect.poll(() => stream.of('halt')).toHaveLength(1);
    expect(stream.of('task')).toEqual([
      { kind: 'task', taskId: 'theirs', version: 3, state: 'IDLE.watching', atMs: 7 },
    ]);
    stream.close();
    await other.close();
    await store.close();
  });
});
