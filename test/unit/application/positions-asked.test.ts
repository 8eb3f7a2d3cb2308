/** What accounts hold, as their daemons say it, and what is said where none does. */
import { expect, test } from 'vitest';
import { operator } from '../../../src/application/caller.ts';
import { listPositions } from '../../../src/application/list-positions.ts';
import { listRolls } from '../../../src/application/list-rolls.ts';
import type { Ports } from '../../../src/application/ports.ts';
import type { LookReply } from '../../../src/ports/advice.ts';

const seen = [{ symbol: 'BTC-31MAR23-24000-C-USDT', side: 'short', qty: '0.3' }];
const looked = (atMs = 0): LookReply => ({
  kind: 'look',
  look: { atMs, positions: seen as never, tasks: [] },
});

function portsOf(
  replies: Readonly<Record<string, LookReply | null>>,
  problems: Readonly<Record<string, string>> = {},
) {
  const waits: unknown[] = [];
  const since: number[] = [];
  const accounts = Object.keys(replies).map((accountId) => ({
    accountId,
    name: `of ${accountId}`,
    userName: 'ann',
    daemon: replies[accountId] ? 'a' : null,
    problem: problems[accountId] ?? null,
  }));
  const ports = {
    directory: { accounts: () => Promise.resolve(accounts) },
    advice: {
      look: (accountId: string, waitMs: number) => {
        waits.push([accountId, waitMs]);
        return Promise.resolve(replies[accountId] ?? null);
      },
    },
    tasks: {
      rollsSince: (sinceMs: number) => {
        since.push(sinceMs);
        return Promise.resolve([]);
      },
    },
  } as unknown as Ports;
  return { ports, waits, since };
}

test('Positions come from the daemon of each account; where none says any, why is said', async () => {
  const replies = {
    '1': looked(),
    '2': { kind: 'refused', reason: 'it is starting' } as const,
    '3': null,
    '4': null,
  };
  const { ports, waits } = portsOf(replies, { '4': 'its key was refused' });
  const named = (id: string) => ({ accountName: `of ${id}`, userName: 'ann' });
  expect(await listPositions(operator, ports, { waitMs: 70 })).toEqual([
    { ...named('1'), positions: seen, problem: null },
    { ...named('2'), positions: null, problem: 'it is starting' },
    { ...named('3'), positions: null, problem: 'no daemon has answered' },
    { ...named('4'), positions: null, problem: 'its key was refused' },
  ]);
  expect(waits).toEqual(['1', '2', '3', '4'].map((id) => [id, 70]));
});

test('Rolls are those of so many days before the time at the exchange', async () => {
  const dayMs = 86_400_000;
  const { ports, since, waits } = portsOf({ '1': null, '2': looked(10 * dayMs) });
  await listRolls(operator, ports, { days: 3, waitMs: 70 });
  expect(since).toEqual([7 * dayMs]);
  // Of an account that no daemon manages nothing is asked.
  expect(waits).toEqual([['2', 70]]);
});

test('Rolls are those before the time of this computer where no daemon says what time it is', async () => {
  for (const replies of [{ '1': null }, { '1': { kind: 'refused', reason: 'starting' } as const }]) {
    const { ports, since } = portsOf(replies);
    const beforeMs = Date.now();
    await listRolls(operator, ports, { days: 1, waitMs: 0 });
    expect(since[0]).toBeGreaterThanOrEqual(beforeMs - 86_400_000);
    expect(since[0]).toBeLessThanOrEqual(Date.now() - 86_400_000);
  }
});
