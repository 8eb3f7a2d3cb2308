/** API keys as the exchange has them: adding and checking accounts by command, and what a daemon makes of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dayMs } from '../../src/domain/units.ts';
import { usualKey, type KeySettings } from '../../src/exchange/paper/engine/key-settings.ts';
import { callSymbol, DaemonFixture, startMs } from '../support/daemon-fixture.ts';
import { query } from '../support/database.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

const run = runnerIn(workingDirectory());
const marker = 'MARKED-SECRET-7f3a91';
const encryptionKey = '5ec7e7'.padEnd(64, 'a');
/** Everything that was written by commands. */
const written: string[] = [];

let fixture: DaemonFixture;
beforeEach(async () => {
  fixture = await DaemonFixture.open();
});
afterEach(() => fixture.close());

interface Added {
  readonly apiKey: string;
  readonly key?: Partial<KeySettings>;
  readonly env?: Readonly<Record<string, string>>;
  readonly secret?: string;
}

async function command(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const address = { BYBIT_REST_URL: fixture.paper.url, BYBIT_WS_URL: fixture.paper.wsUrl };
  const ran = await run([...words, ...fixture.databaseArguments()], {
    env: { ...address, BYBIT_TIMEOUT_SECONDS: '1', ENCRYPTION_KEY: encryptionKey, ...env },
  });
  written.push(ran.stdout, ran.stderr);
  return ran;
}

/** Adds an account of its own name, whose key the exchange has as `key`. */
function add({ apiKey, key, env = {}, secret = marker }: Added, ...more: string[]): Promise<Ran> {
  if (key) fixture.paper.addAccount({ apiKey, apiSecret: marker, usdt: '1000', key });
  const words = ['account', 'add', apiKey, '--user', 'fixture', '--api-key', apiKey, ...more];
  return command(words, { BYBIT_API_SECRET: secret, ...env });
}

const Withdraw = { ...usualKey.permissions, Wallet: ['Withdraw'] };

test('account add refuses a key that must not be used, says how to make it right, and warns about the rest', async () => {
  const refused: readonly [Partial<KeySettings>, readonly string[]][] = [
    [{ permissions: Withdraw }, ['found a key that may withdraw money', 'take the right to withdraw away']],
    [{ isReadOnly: true }, ['found a key that may only read', 'one that may read and write']],
    [{ permissions: {}, isUnified: false }, ['found an account that is no unified trading account']],
    [{ permissions: { ...usualKey.permissions, Options: [] } }, ['found a key that may not trade options']],
    [
      { marginMode: 'ISOLATED_MARGIN' },
      ['found an account with isolated margin', 'cross or portfolio margin'],
    ],
  ];
  for (const [at, [key, words]] of refused.entries())
    expectRefusal(await add({ apiKey: `bad-${at}`, key }), 2, 'This API key must not be used', ...words);
  expectRefusal(
    await add({ apiKey: 'unknown-key' }),
    2,
    'The exchange does not accept this API key',
    'API key is invalid',
  );
  const wrong = await add({ apiKey: 'wrong-secret', key: {}, secret: `${marker}-wrong` });
  expectRefusal(wrong, 2, 'The exchange does not accept this API key');

  const expiresAtMs = startMs + 6 * dayMs;
  const warned = await add({ apiKey: 'soon', key: { ips: ['*'], expiresAtMs } });
  expect(warned.code).toBe(0);
  expect(warned.stdout).toContain('Note: the key is bound to no address, and ends on 2023-03-07; bind it');
  expect(warned.stdout).toContain('Note: the key ends on 2023-03-07; make a new one in time');
  const [good] = jsonLines(await add({ apiKey: 'good', key: {} }, '--json'));
  expect(good).toMatchObject({ findings: [] });

  const nowhere = { BYBIT_REST_URL: 'http://127.0.0.1:1', BYBIT_WS_URL: 'ws://127.0.0.1:1' };
  const unasked = await add({ apiKey: 'unasked', key: {}, env: nowhere });
  expect(unasked.code).toBe(0);
  expect(unasked.stdout).toContain(
    'Note: the exchange could not be asked about the key (no answer from 127.0.0.1:1',
  );

  const listed = await command(['account', 'list']);
  expect(listed.stdout).toContain(
    'Key of fixture/soon: not bound to an address, expires soon. See: rollkeeper account check soon',
  );
  expect(listed.stdout).not.toContain('Key of fixture/good');

  fixture.paper.setKey('soon', { permissions: Withdraw });
  const checked = await command(['account', 'check', 'soon']);
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain(
    'The key of account soon of fixture must not be used as it is, and ends 2023-03-07',
  );
  expect(checked.stdout).toContain(
    'Not usable: a key that may withdraw money. It should be one without that right',
  );
  expect((await command(['account', 'list'])).stdout).toContain(
    'Key of fixture/soon: may withdraw, not bound',
  );
  expect((await command(['account', 'check', 'good'])).code).toBe(0);
  expect((await command(['account', 'check', 'good'], nowhere)).code).toBe(1);
  expectRefusal(await command(['account', 'check', 'nobody']), 2, 'There is no such account');

  // Nothing that was written shows a secret: not the commands, not the rows.
  const changed = await query(
    fixture.database.url,
    "UPDATE accounts SET secret_ciphertext = set_byte(secret_ciphertext, 25, get_byte(secret_ciphertext, 25) # 1) WHERE name = 'soon' RETURNING 1",
  );
  expect(changed).toHaveLength(1);
  expectRefusal(await command(['account', 'check', 'soon']), 1, 'what is stored was changed');
  await command(['account', 'check', 'soon', '--verbose']);
  await command(['account', 'check', 'good', '--verbose'], { ENCRYPTION_KEY: '0'.repeat(64) });
  await add({ apiKey: 'late', key: {}, env: { ENCRYPTION_KEY: '0'.repeat(64) } });
  await command(['keys', 'list', '--json']);
  await command(['keys', 'rotate', '--json']);
  await command(['keys', 'rotate'], { ENCRYPTION_KEYS_OLD: `${marker},${encryptionKey}` });
  const daemon = fixture.startDaemon({ ENCRYPTION_KEY: encryptionKey });
  await fixture.until(() => daemon.logs.some((line) => line.includes('cannot be managed by this daemon')));
  await fixture.until(async () => (await query(fixture.database.url, 'SELECT 1 FROM alerts')).length > 0);
  await daemon.terminate();
  const rows = await Promise.all(
    ['accounts', 'alerts', 'account_states', 'audit'].map((table) =>
      query<{ row: string }>(fixture.database.url, `SELECT row_to_json(${table})::text AS row FROM ${table}`),
    ),
  );
  const everything = [...written, ...daemon.logs, ...rows.flat().map(({ row }) => row)].join('\n');
  expect(everything).toContain('cannot be opened');
  const hex = Buffer.from(marker).toString('hex');
  for (const secret of [marker, hex, encryptionKey, 'fixture-secret'])
    expect(everything.includes(secret)).toBe(false);
});

test('a daemon alerts a key that has become unusable once, also after a restart, and manages the account all the same', async () => {
  fixture.paper.setKey('fixture-key-0', { isReadOnly: true, expiresAtMs: startMs + 2 * dayMs });
  const alerts = () =>
    query<{ severity: string; code: string }>(
      fixture.database.url,
      "SELECT severity, code FROM alerts WHERE code LIKE 'key%' ORDER BY id",
    );
  const expected = [
    { severity: 'critical', code: 'keyUnfit' },
    { severity: 'critical', code: 'keyEnds' },
  ];
  const first = fixture.startDaemon();
  const taskId = await fixture.addTask();
  await fixture.until(async () => (await alerts()).length === 2);
  expect(await alerts()).toEqual(expected);
  await first.kill();
  const second = fixture.startDaemon();
  await fixture.until(() => second.logs.some((line) => line.includes('account is managed')));
  const standing = () =>
    query<{ at: string }>(
      fixture.database.url,
      "SELECT key_standing ->> 'checkedAtMs' AS at FROM accounts WHERE name = 'fixture-key-0'",
    );
  const [before] = await standing();
  await fixture.until(async () => (await standing())[0]?.at !== before?.at);
  expect(await alerts()).toEqual(expected);
  expect((await fixture.task(taskId)).state).toContain('IDLE');
});

test("fees are estimated with the account's own rates: the taker's, and the maker's for orders that rest", async () => {
  const rates = { BTC: { maker: '0.0001', taker: '0.00025' } };
  fixture.paper.setKey('fixture-key-0', { feeRates: rates });
  fixture.startDaemon();
  const taskId = await fixture.addTask({ trigger: 23_600 });
  const preview = async (words: readonly string[]): Promise<Record<string, unknown>> => {
    const [line] = jsonLines(await command(['task', 'preview', ...words, '--json'], { ENCRYPTION_KEY: '' }));
    const [rule] = (line?.['rules'] ?? []) as readonly { preview: Record<string, unknown> }[];
    return rule?.preview ?? {};
  };
  await fixture.until(async () => {
    const { feeRates } = await preview([taskId]);
    return (feeRates as { isOwn: boolean } | null)?.isOwn === true;
  });
  const shown = await preview([taskId]);
  expect(shown['feeRates']).toEqual({ ...rates.BTC, isOwn: true });
  // 0.3 of an index of 23,500 by 0.025 %, each way.
  const feesOf = ({ legs }: Record<string, unknown>) => (legs as { fee: string }[]).map(({ fee }) => fee);
  expect(feesOf(shown)).toEqual(['1.7625', '1.7625']);
  const text = await command(['task', 'preview', taskId], { ENCRYPTION_KEY: '' });
  expect(text.stdout).toContain(
    "Fees by the account's own rates: taker 0.025 %, maker 0.01 % of the underlying's price.",
  );

  const spec = JSON.stringify({
    symbol: callSymbol,
    trigger: 24_500,
    target: '+1000',
    execution: { style: 'rest' },
  });
  const resting = await run(
    [
      'task',
      'preview',
      '--account',
      'fixture-key-0',
      '--spec',
      '-',
      '--json',
      ...fixture.databaseArguments(),
    ],
    { input: spec },
  );
  const [line] = jsonLines(resting);
  const [rule] = (line?.['rules'] ?? []) as readonly { preview: Record<string, unknown> }[];
  expect(feesOf(rule?.preview ?? {})).toEqual(['0.705', '0.705']);

  fixture.paper.setIndex('BTC', '23700');
  await fixture.untilTask(taskId, ({ context }) => context.rollsDone === 1);
  const [reading] = await query<{ fees: unknown; rest: boolean }>(
    fixture.database.url,
    `SELECT event -> 'output' -> 'value' -> 'fees' AS fees, event::text LIKE '%"maker":{%' AS rest
     FROM journal WHERE event::text LIKE '%"isOwn"%' LIMIT 1`,
  );
  expect(reading).toEqual({ fees: { ...rates.BTC, isOwn: true }, rest: false });
});
