/** Users, vouchers, tokens, shares and the audit as an operator types them, and what a wrong line is answered with. */
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { expectRefusal, jsonLines, runnerIn, workingDirectory, type Ran } from './cli-run.ts';

let database: TestDatabase;
let run: (...args: string[]) => Promise<Ran>;
const json = async (...args: string[]): Promise<Record<string, unknown>[]> => {
  const ran = await run(...args, '--json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return jsonLines(ran);
};
const said = async (...args: string[]): Promise<string> => {
  const ran = await run(...args);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return ran.stdout;
};

beforeAll(async () => {
  database = await createTestDatabase();
  const runIn = runnerIn(workingDirectory());
  const env = { DATABASE_URL: database.url, ADMINISTRATORS: 'root, telegram:7' };
  run = (...args) => runIn(args, { env });
  for (const name of ['ann', 'bob', 'root']) await said('user', 'add', name);
  await said('account', 'add', 'main', '--user', 'ann');
});
afterAll(() => database.drop());

it('Access ends at a date, a ban is told with its reason, and both stand in the lists', async () => {
  expect(await said('user', 'access', 'ann', '--until', '2099-01-31')).toContain(
    'until 2099-02-01 00:00:00 UTC',
  );
  const [page] = await json('user', 'ban', 'bob', '--reason', 'key was stolen');
  expect(page).toMatchObject({ name: 'bob', banReason: 'key was stolen', isAdministrator: false });
  const list = await said('user', 'list');
  expect(list).toMatch(/^ann +1 +until 2099-02-01/m);
  expect(list).toMatch(/^bob +0 +banned since/m);
  expect(await said('user', 'show', 'bob')).toMatch(/Reason +key was stolen/);
  expect(await said('user', 'unban', 'bob')).toContain('bob is not banned. Access: without end.');
  expect(await json('user', 'list')).toMatchObject([
    { name: 'ann', accountsTotal: 1, bannedAtMs: null },
    { name: 'bob', accessUntilMs: null },
    { name: 'root' },
  ]);
  expectRefusal(await run('user', 'ban', 'root', '--reason', 'x'), 2, 'ADMINISTRATORS');
  expectRefusal(await run('user', 'access', 'ann', '--until', 'soon'), 2, '--until', '2027-01-31');
  expectRefusal(await run('user', 'access', 'ann', '--days', '3', '--forever'), 2, 'several of the three');
  expectRefusal(await run('user', 'ban', 'carl', '--reason', 'x'), 2, 'one of ann, bob, root');
});

it('A voucher and a token are shown once and listed without themselves', async () => {
  const [voucher] = await json('voucher', 'gen', '30', '--uses', '2', '--user', 'ann');
  expect(voucher).toMatchObject({ days: 30, usesMax: 2, uses: 0, userName: 'ann', createdBy: 'operator' });
  expect(await said('voucher', 'gen', '7')).toMatch(/\n {2}([0-9A-Z]{4}-){4}[0-9A-Z]{4}\n/);
  const [token] = await json('token', 'add', 'script', '--user', 'ann', '--scope', 'trade', '--days', '9');
  expect(token).toMatchObject({ scope: 'trade', token: expect.stringMatching(/^rk_/) as string });
  const shown = [await said('voucher', 'list'), await said('token', 'list'), await said('audit')].join('\n');
  for (const secret of [voucher?.['code'], token?.['token']]) expect(shown).not.toContain(secret);
  expect(shown).toMatch(/script +ann +trade +\S+ \S+ UTC +never/);
  await said('voucher', 'revoke', String(voucher?.['voucherId']));
  expect(await said('voucher', 'list')).toMatch(/30 +0 of 2 +ann +operator +revoked/);
  await said('token', 'revoke', 'script', '--user', 'ann');
  expect(await said('token', 'list')).toContain('There is no access token.');
  expectRefusal(await run('token', 'revoke', 'script', '--user', 'ann'), 2, 'rollkeeper token list');
  expectRefusal(await run('voucher', 'revoke', '99'), 2, 'rollkeeper voucher list');
  expectRefusal(await run('voucher', 'gen', 'many'), 2, 'a whole number');
  expectRefusal(await run('voucher', 'gen', '5000'), 2, 'from 1 to 3650');
});

it('An account is shared and not shared any more, and the audit has who did what from where', async () => {
  expect(await said('account', 'share', 'main', '--with', 'bob', '--role', 'trader')).toContain(
    'bob is a trader of account main now.',
  );
  expect(await said('account', 'list')).toContain('ann/main is shared with bob (trader).');
  await said('account', 'unshare', 'main', '--with', 'bob');
  expectRefusal(await run('account', 'unshare', 'main', '--with', 'bob'), 2, 'not shared with this user');
  expectRefusal(await run('account', 'share', 'main', '--with', 'ann'), 2, 'another user than the owner');
  const acts = await json('audit', '--user', 'ann', '--since', '1h');
  expect(acts.map(({ act }) => act)).toEqual([
    ...[
      'user.add',
      'account.add',
      'user.access',
      'voucher.add',
      'token.add',
      'voucher.revoke',
      'token.revoke',
    ],
    ...['account.share', 'account.unshare'],
  ]);
  expect(acts.at(-1)).toMatchObject({
    by: 'operator',
    from: `command line on ${hostname()}`,
    accountName: 'main',
    ownerName: 'ann',
    userName: 'bob',
  });
  expect(await said('audit', '--limit', '1')).toMatch(
    /operator +account.unshare +ann\/main bob +command line on/,
  );
  expectRefusal(await run('audit', '--since', 'yesterday'), 2, '7d');
});
