/** What doctor says of daemons, of accounts that none of them manages and of secrets, by what is stored and what the daemons answer. */
import { describe, expect, test } from 'vitest';
import type { CheckTools, StoredPorts } from '../../../src/application/doctor/check.ts';
import { channelCheck } from '../../../src/application/doctor/channel-check.ts';
import { daemonCheck } from '../../../src/application/doctor/daemon-checks.ts';
import { databaseChecks } from '../../../src/application/doctor/database-checks.ts';
import type { Channel } from '../../../src/ports/channel-book.ts';
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

describe('Secrets', () => {
  const use = (changes: object) => ({
    kind: 'account',
    keyId: 'new',
    secrets: 0,
    keyMissing: 0,
    changed: [],
    ...changes,
  });

  async function secretsOf(...uses: readonly object[]): Promise<string[]> {
    const keys = {
      report: () => Promise.resolve({ presentKeyId: 'new', uses }),
      assertOpenable: () => Promise.resolve(),
    };
    const tools = { stored: () => Promise.resolve({ keys }) } as unknown as CheckTools;
    const check = databaseChecks.find(({ name }) => name === 'encryption key');
    const findings = (await check?.run(tools)) ?? [];
    return findings.map(({ state, code, figures }) => `${state} ${code} ${JSON.stringify(figures)}`);
  }

  test('that the present key opens are counted over every kind', async () => {
    expect(await secretsOf(use({ secrets: 3 }), use({ kind: 'channel', secrets: 4 }))).toEqual([
      'ok secretsOpen {"secrets":7,"keyId":"new"}',
    ]);
  });

  test('under a former key are a warning, but for those whose key is missing', async () => {
    expect(await secretsOf(use({ secrets: 3 }), use({ keyId: 'old', secrets: 5, keyMissing: 2 }))).toEqual([
      'warning formerKeyUsed {"secrets":3}',
    ]);
    expect(await secretsOf(use({ keyId: 'old', secrets: 2, keyMissing: 2 }))).toEqual([
      'ok secretsOpen {"secrets":2,"keyId":"new"}',
    ]);
  });

  test('that were changed in their rows are named', async () => {
    expect(await secretsOf(use({ secrets: 1, changed: [{ name: 'ann/main' }] }))).toEqual([
      'wrong secretsChanged {"names":["account ann/main"]}',
    ]);
  });
});

test('A channel that could not deliver, or gave something up, is a warning; one that is off is not judged', async () => {
  async function said(changes: Partial<Channel>, refusal: string | null = null): Promise<string> {
    const channel = {
      name: 'mail',
      userName: 'ann',
      isEnabled: true,
      failure: null,
      waiting: 1,
      dead: 0,
      deliveredAtMs: 7,
      ...changes,
    };
    const stored = {
      channels: { channels: () => Promise.resolve([channel]), addressOf: () => Promise.resolve({}) },
      trial: { refusalOf: () => refusal },
    };
    const tools = { stored: () => Promise.resolve(stored), sendsTests: false } as unknown as CheckTools;
    const findings = await channelCheck.run(tools);
    return findings.map(({ state, code, figures }) => `${state} ${code} ${JSON.stringify(figures)}`).join();
  }
  expect(await said({})).toBe('ok channelReady {"deliveredAtMs":7}');
  expect(await said({ failure: 'no host' })).toBe(
    'warning channelFails {"said":"no host","waiting":1,"dead":0}',
  );
  expect(await said({ dead: 1 })).toBe('warning channelFails {"said":"","waiting":1,"dead":1}');
  expect(await said({ dead: 1, isEnabled: false })).toBe('ok channelOff {}');
  expect(await said({}, 'its host is private')).toBe('wrong channelUnusable {"said":"its host is private"}');
});

test('A channel that is to be tried is judged by what became of the trial, not by what it delivered before', async () => {
  async function tried(outcome: object, changes: object = {}): Promise<string> {
    const sent: unknown[] = [];
    const channel = {
      channelId: 'c1',
      kind: 'slack',
      name: 'mail',
      userName: 'ann',
      isEnabled: true,
      timeZone: 'UTC',
    };
    const stored = {
      channels: {
        channels: () => Promise.resolve([{ ...channel, failure: 'no host', dead: 3, ...changes }]),
        addressOf: (channelId: string) => Promise.resolve(`address of ${channelId}`),
      },
      directory: { users: () => Promise.resolve([{ name: 'ann' }]) },
      trial: {
        refusalOf: () => Promise.resolve(null),
        send: (...given: unknown[]) => {
          sent.push(...given.slice(0, 2));
          return Promise.resolve(outcome);
        },
      },
    };
    const tools = { stored: () => Promise.resolve(stored), sendsTests: true } as unknown as CheckTools;
    const [finding] = await channelCheck.run(tools);
    if (!finding) return 'nothing';
    return `${finding.state} ${finding.code} ${JSON.stringify(finding.figures)} ${sent.join()}`;
  }
  expect(await tried({ kind: 'delivered' })).toBe('ok channelTook {} slack,address of c1');
  expect(await tried({ kind: 'refused', said: '404' })).toBe(
    'wrong channelDidNotTake {"said":"404"} slack,address of c1',
  );
  expect(await tried({ kind: 'delivered' }, { isEnabled: false })).toBe('ok channelOff {} ');
});
