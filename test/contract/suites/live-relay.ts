/** What watched daemons rely on: what happens elsewhere arrives, in order and whole, and what they send does not come back. */
import { expect } from 'vitest';
import type { DaemonWord, Happening, LiveRelay } from '../../../src/ports/live.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface LiveRelayFixture extends Closable {
  /** Of two daemons. */
  readonly here: LiveRelay;
  readonly there: LiveRelay;
  /** Of a daemon that trades on another exchange, beside the same database. */
  readonly elsewhere: LiveRelay;
  /** The connection on which `here` listens is lost, `meanwhile` happens, and it comes back by itself. */
  readonly loseConnection: (meanwhile: () => Promise<unknown>) => Promise<void>;
}

const price = (coin: string, index: string): Happening => ({
  kind: 'price',
  coin,
  index,
  atMs: 1_700_000_000_000,
});
const task = (at: number): Happening => ({
  kind: 'task',
  accountId: '7',
  taskId: `task${at}`,
  version: at,
  state: 'IDLE.watching',
  atMs: 1_700_000_000_000 + at,
});

const none = (): void => undefined;

/** Listens, and keeps what arrives. */
async function heard(relay: LiveRelay) {
  const all = { happenings: [] as Happening[], asked: [] as number[], missed: 0, reconnected: 0 };
  await relay.listen({
    asked: (forMs) => all.asked.push(forMs),
    received: (happenings) => all.happenings.push(...happenings),
    missed: () => (all.missed += 1),
    reconnected: () => (all.reconnected += 1),
  });
  return all;
}

const cases = {
  'brings everything of every kind, in its order': async ({ here, there }) => {
    const received = await heard(here);
    const sent: Happening[] = [
      price('BTC', '23500.25'),
      { kind: 'feed', coin: null, reason: 'silent for 12 s', atMs: 1 },
      task(3),
      {
        kind: 'alert',
        accountId: '7',
        taskId: null,
        severity: 'critical',
        text: 'ключ "später" 漢字',
        atMs: 2,
      },
      { kind: 'halt', accountId: '7', isHalted: true, atMs: 3 },
      { kind: 'feed', coin: 'BTC', reason: null, atMs: 4 },
    ];
    expect(await there.send(sent)).toBe(sent.length);
    await expect.poll(() => received.happenings).toEqual(sent);
  },

  'says how many it took of more than one message holds, and brings exactly those': async ({
    here,
    there,
  }) => {
    const received = await heard(here);
    const many = Array.from({ length: 5_000 }, (_, at) => task(at));
    const first = await there.send(many);
    expect(first).toBeGreaterThan(500);
    expect(first).toBeLessThan(5_000);
    await there.send(many.slice(first, first + 10));
    await expect.poll(() => received.happenings.length).toBe(first + 10);
    expect(received.happenings).toEqual(many.slice(0, first + 10));
  },

  'a text of any length keeps nothing else from being sent': async ({ here, there }) => {
    const received = await heard(here);
    const long = { kind: 'alert', accountId: '7', taskId: null, severity: 'info', atMs: 1 } as const;
    expect(await there.send([{ ...long, text: '漢'.repeat(100_000) }, task(1)])).toBe(2);
    await expect.poll(() => received.happenings.at(-1)).toEqual(task(1));
    expect(received.happenings[0]).toMatchObject({
      kind: 'alert',
      text: expect.stringMatching(/^漢{500,}…$/) as string,
    });
  },

  'asks the others, and brings nothing back to the sender': async ({ here, there }) => {
    const [own, others] = [await heard(here), await heard(there)];
    await here.ask(6_000);
    await here.send([task(1)]);
    await here.tellMissed();
    await expect.poll(() => others).toMatchObject({ asked: [6_000], happenings: [task(1)], missed: 1 });
    await there.send([task(2)]);
    await expect.poll(() => own.happenings).toEqual([task(2)]);
    expect(own).toMatchObject({ asked: [], missed: 0 });
  },

  'brings nothing of an exchange with other prices': async ({ here, there, elsewhere }) => {
    const received = await heard(here);
    await elsewhere.ask(5_000);
    await elsewhere.send([price('BTC', '1')]);
    await there.send([price('BTC', '2')]);
    await expect.poll(() => received.happenings).toEqual([price('BTC', '2')]);
    expect(received.asked).toEqual([]);
  },

  'asks every other daemon how it stands, and brings what it says': async ({ here, there }) => {
    const words: DaemonWord[] = [];
    const quiet = { asked: none, received: none, missed: none, reconnected: none };
    await here.listen({ ...quiet, standing: (word) => words.push(word) });
    const long = { daemon: 'b', version: '1.2.3', problems: Array(9).fill('x'.repeat(900)), tasksHere: 7 };
    await there.listen({ ...quiet, standingAsked: () => void there.sendStanding(long) });
    await here.askStandings();
    await expect.poll(() => words).toMatchObject([{ daemon: 'b', version: '1.2.3', tasksHere: 7 }]);
    expect(words[0]?.problems[0]).toMatch(/^x{200,}$/);
  },

  'says after a lost connection that something may be missing': async ({ here, there, loseConnection }) => {
    const received = await heard(here);
    await loseConnection(() => there.send([task(1)]));
    await expect.poll(() => received, { timeout: 10_000 }).toMatchObject({ missed: 1, reconnected: 1 });
    await there.send([task(2)]);
    await expect.poll(() => received.happenings.at(-1)).toEqual(task(2));
  },
} satisfies Cases<LiveRelayFixture>;

export const describeLiveRelay = contractOf('LiveRelay', cases);
