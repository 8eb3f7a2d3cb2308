/** What doctor says of the daemons and of accounts that none of them manages, by what is stored and what the daemons answer. */
import { expect, test } from 'vitest';
import type { CheckTools, StoredPorts } from '../../../src/application/doctor/check.ts';
import { daemonCheck } from '../../../src/application/doctor/daemon-checks.ts';
import type { Account } from '../../../src/ports/directory.ts';
import type { DaemonWord, LiveRelayListener } from '../../../src/ports/live.ts';

const account = (changes: Partial<Account>): Account =>
  ({
    name: 'main',
    userName: 'ann',
    environment: 'testnet',
    daemon: null,
    problem: null,
    tasksTotal: 0,
    ...changes,
  }) as Account;

interface Scene {
  readonly accounts?: readonly Account[];
  readonly versions?: Readonly<Record<string, string>>;
  readonly tasks?: number;
}

/** Daemons by name with their versions; each answers at once. */
async function findingsOf({ accounts = [], versions = {}, tasks = 0 }: Scene): Promise<string[]> {
  let receiver: LiveRelayListener | undefined;
  const words = Object.entries(versions).map(([daemon, version]): DaemonWord => ({
    daemon,
    version,
    problems: [],
    tasksHere: 0,
  }));
  const stored = {
    system: {
      daemons: () =>
        Promise.resolve(
          words.map(({ daemon: name }) => ({ name, isThisOne: false, shards: 1, accounts: 1 })),
        ),
      activeTasks: () => Promise.resolve(tasks),
    },
    relay: {
      listen: (given: LiveRelayListener) => {
        receiver = given;
        return Promise.resolve();
      },
      askStandings: () => {
        for (const word of words) receiver?.standing?.(word);
        return Promise.resolve();
      },
    },
    directory: { accounts: () => Promise.resolve(accounts) },
  } as unknown as StoredPorts;
  const tools = { stored: () => Promise.resolve(stored) } as CheckTools;
  const findings = await daemonCheck('testnet').run(tools);
  return findings
    .filter(({ code }) => code !== 'daemonRuns')
    .map(({ state, code, figures }) => `${state} ${code} ${JSON.stringify(figures)}`);
}

test('No daemon is wrong while there are tasks, and else a warning', async () => {
  expect(await findingsOf({ tasks: 1 })).toEqual(['wrong noDaemon {"tasks":1}']);
  expect(await findingsOf({ tasks: 0 })).toEqual(['warning noDaemon {"tasks":0}']);
});

test('Daemons of two versions are said, and several of one are not', async () => {
  expect(await findingsOf({ versions: { a: '1.0.0', b: '1.0.0' } })).toEqual([]);
  expect(await findingsOf({ versions: { a: '2.0.0', b: '1.0.0' } })).toEqual([
    'warning versionsDiffer {"versions":["1.0.0","2.0.0"]}',
  ]);
});

test('An account that no daemon manages is wrong with tasks, a warning with a problem, and nothing without both', async () => {
  const versions = { a: '1.0.0' };
  const found = (changes: Partial<Account>) => findingsOf({ versions, accounts: [account(changes)] });
  expect(await found({ tasksTotal: 1 })).toEqual([
    'wrong accountUnmanaged {"account":"ann/main","problem":null,"tasks":1}',
  ]);
  expect(await found({ problem: 'its key was refused' })).toEqual([
    'warning accountUnmanaged {"account":"ann/main","problem":"its key was refused","tasks":0}',
  ]);
  expect(await found({})).toEqual([]);
  expect(await found({ tasksTotal: 1, daemon: 'a' })).toEqual([]);
  expect(await found({ tasksTotal: 1, environment: 'paper' })).toEqual([]);
});
