/** The doctor beside a running daemon, a real exchange and a real Postgres: all well, and each of the things that go wrong. */
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operator } from '../../src/application/caller.ts';
import { addChannel } from '../../src/application/add-channel.ts';
import { haltTrading } from '../../src/application/halt-trading.ts';
import { startPaperExchange, type PaperExchange } from '../../src/exchange/paper/exchange.ts';
import { usualKey } from '../../src/exchange/paper/engine/key-settings.ts';
import { DaemonFixture } from '../support/daemon-fixture.ts';
import { createTestDatabase, query } from '../support/database.ts';
import { portsOn } from '../support/people-fixture.ts';
import { answerWith, openReceiver, type Receiver } from '../support/receiver.ts';
import { jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const run = runnerIn(workingDirectory());
const secret = 'MARKED-SECRET-7f3a91';

let fixture: DaemonFixture;
let receiver: Receiver;
beforeAll(async () => {
  [fixture, receiver] = [await DaemonFixture.open(), await openReceiver()];
  const url = `${receiver.url}/${secret}`;
  await addChannel(operator, portsOn(fixture.store), {
    userName: 'fixture',
    name: 'desk',
    kind: 'webhook',
    given: { address: url, secret: null },
    settings: {},
  });
  fixture.startDaemon();
  await fixture.until(async () =>
    (await fixture.store.system.daemons()).some(({ accounts }) => accounts === 1),
  );
});
afterAll(async () => {
  await fixture.close();
  await receiver.close();
});

interface Seen {
  readonly ran: Ran;
  /** `state code` by check and subject. */
  readonly found: Readonly<Record<string, string>>;
  readonly text: string;
}

async function examine(env: Readonly<Record<string, string>> = {}, ...more: string[]): Promise<Seen> {
  const ran = await run(['doctor', '--json', ...more], {
    env: {
      DATABASE_URL: fixture.database.url,
      BYBIT_REST_URL: fixture.paper.url,
      BYBIT_WS_URL: fixture.paper.wsUrl,
      // A busy machine is no exchange that does not answer.
      BYBIT_TIMEOUT_SECONDS: '15',
      ALERTS_PRIVATE_ADDRESSES: '127.0.0.1',
      ...env,
    },
  });
  expect(`${ran.stdout}${ran.stderr}`).not.toContain(secret);
  expect(ran.stderr).toBe('');
  const lines = jsonLines(ran);
  expect(lines.at(-1)).toHaveProperty('summary');
  const found = lines.slice(0, -1).map((line) => {
    const { check, subject, state, code } = line as Record<string, string | null>;
    return [`${check ?? ''} ${subject ?? ''}`.trim(), `${state ?? ''} ${code ?? ''}`] as const;
  });
  return { ran, found: Object.fromEntries(found), text: ran.stdout };
}

test('where all is well every check says so, and a test goes out by each channel', async () => {
  const { ran, found } = await examine({}, '--send');
  expect(found).toEqual({
    configuration: 'ok configured',
    'open files': expect.stringMatching(/^(ok|warning|unknown) files/) as string,
    database: 'ok databaseServes',
    schema: 'ok schemaCurrent',
    disk: 'ok diskElsewhere',
    'encryption key': 'ok secretsOpen',
    clock: 'ok clockRight',
    exchange: 'ok exchangeAnswers',
    prices: 'ok pricesCome',
    'key fixture/fixture-key-0': 'ok keyRight',
    'private stream fixture/fixture-key-0': 'ok streamLive',
    'daemon daemon-0': 'ok daemonRuns',
    trading: 'ok tradingAllowed',
    'channel fixture/desk': 'ok channelTook',
    backup: 'unknown backupNotKnown',
  });
  expect(ran.code).toBe(0);
  expect(receiver.received).toHaveLength(1);
});

test('for a person it says what to do, a line a check', async () => {
  const ran = await run(['doctor', ...fixture.databaseArguments()], {
    env: {
      BYBIT_REST_URL: 'http://127.0.0.1:1',
      BYBIT_WS_URL: 'ws://127.0.0.1:1',
      BYBIT_TIMEOUT_SECONDS: '1',
    },
  });
  expect(ran.stdout).toMatch(/^ok {9}daemon daemon-0: does its work: version \S+, 1 account in 1 shard$/m);
  expect(ran.stdout).toMatch(/^WRONG {6}exchange: .*\n {11}→ look at network, firewall and proxy/m);
  expect(ran.stdout).toMatch(/^not known {2}private stream: cannot be looked at while the exchange/m);
  expect(ran.stdout).toMatch(/ok, \d+ warnings?, \d+ wrong, \d+ not known\.$/m);
  expect(ran.code).toBe(1);
});

test('a key that may withdraw, one that the exchange does not know, and a channel that refuses the test are wrong', async () => {
  const permissions = { ...usualKey.permissions, Wallet: ['Withdraw'] };
  fixture.paper.addAccount({ apiKey: 'rich', apiSecret: secret, usdt: '1', key: { permissions } });
  for (const apiKey of ['rich', 'unknown']) {
    const account = {
      userName: 'fixture',
      name: apiKey,
      environment: 'paper',
      apiKey,
      apiSecret: secret,
    } as const;
    await fixture.store.directory.addAccount(account);
  }
  receiver.respond = answerWith(410, 'gone for good');
  const { ran, found, text } = await examine({}, '--send');
  receiver.respond = answerWith(200);
  expect(ran.code).toBe(1);
  expect(found).toMatchObject({
    'key fixture/fixture-key-0': 'ok keyRight',
    'key fixture/rich': 'wrong keyFound',
    'key fixture/unknown': 'wrong keyNotAccepted',
    'private stream fixture/unknown': expect.stringMatching(/^wrong (streamRefused|tookTooLong)$/) as string,
    'channel fixture/desk': 'wrong channelDidNotTake',
  });
  expect(text).toContain('gone for good');
});

test('an account that is halted does not trade', async () => {
  await haltTrading(operator, portsOn(fixture.store), {
    userName: 'fixture',
    accountName: 'fixture-key-0',
    waitMs: 10_000,
  });
  const { found } = await examine();
  expect(found).toMatchObject({ 'trading fixture/fixture-key-0': 'warning tradingHalted' });
});

test('without its database it still says how everything else is', async () => {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const url = `postgres://ann:${secret}@127.0.0.1:${port}/rolls`;
  const { ran, found, text } = await examine({ DATABASE_URL: url });
  expect(ran.code).toBe(1);
  expect(found).toMatchObject({
    database: 'wrong databaseAway',
    schema: 'unknown needs',
    exchange: 'ok exchangeAnswers',
    prices: 'ok pricesCome',
    daemon: 'unknown needs',
  });
  expect(text).toContain(`127.0.0.1:${port}/rolls`);
});

test('migrations that are missing are named, with the command that applies them', async () => {
  const empty = await createTestDatabase({ migrated: false });
  try {
    const { ran, found, text } = await examine({ DATABASE_URL: empty.url });
    expect(ran.code).toBe(1);
    expect(found).toMatchObject({ database: 'ok databaseServes', schema: 'wrong migrationsPending' });
    expect(text).toContain('rollkeeper migrate');
    expect(await query(empty.url, "SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
  } finally {
    await empty.drop();
  }
});

test('an exchange whose clock is another, a key that opens nothing, and a wrong configuration', async () => {
  const late: PaperExchange = await startPaperExchange({
    source: { kind: 'manual', prices: { BTC: '23500' }, startMs: Date.now() - 90_000 },
    accounts: [],
  });
  const { found } = await examine({
    ROLLKEEPER_MODE: 'testnet',
    ENCRYPTION_KEY: '5ec7e7'.padEnd(64, 'a'),
    BYBIT_REST_URL: late.url,
    BYBIT_WS_URL: late.wsUrl,
  });
  await late.close();
  // The last line of a check is the exchange's clock; that of the database is right.
  expect(found).toMatchObject({ clock: 'wrong clockOff', 'encryption key': 'wrong secretsShut' });

  const wrong = await examine({ ROLLKEEPER_MODE: 'live', ENCRYPTION_KEY: secret });
  expect(wrong.ran.code).toBe(1);
  expect(wrong.text).toContain('yes-with-real-money');
  expect(wrong.found).toMatchObject({ configuration: 'wrong configurationWrong', database: 'unknown needs' });
});
