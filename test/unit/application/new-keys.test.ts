/** What is said of an API key before it is stored: what the exchange does not know or must not be used is refused, silence is only noted. */
import { expect, test } from 'vitest';
import { addOwnAccount } from '../../../src/application/add-own-account.ts';
import { judgeNewKey } from '../../../src/application/check-key.ts';
import { operator } from '../../../src/application/caller.ts';
import type { Ports } from '../../../src/application/ports.ts';
import { Retryable, Terminal } from '../../../src/domain/errors.ts';
import type { KeyFacts } from '../../../src/domain/orders/key-facts.ts';
import type { KeyCheck } from '../../../src/ports/key-check.ts';
import { soundKey as good } from '../../support/key-checks.ts';

const key = { apiKey: 'k', apiSecret: 's' };
const asked = (answer: KeyFacts | null | Error): { readonly keyCheck: KeyCheck } => ({
  keyCheck: {
    ofKey: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
    ofAccount: () => Promise.reject(new Error('a new key is no account yet')),
  },
});

test('A key that is all right, and one that no exchange can be asked about, is taken without a finding', async () => {
  expect(await judgeNewKey(asked(good), key)).toEqual({ facts: good, findings: [] });
  expect(await judgeNewKey(asked(null), key)).toEqual({ facts: null, findings: [] });
});

test('A key that is only worth a warning is taken with it', async () => {
  const { findings } = await judgeNewKey(asked({ ...good, isBoundToAddress: false }), key);
  expect(findings.map(({ code }) => code)).toEqual(['keyUnbound']);
});

test('Every reason why a key must not be used is said, and no mere warning beside them', async () => {
  const facts = { ...good, isReadOnly: true, mayWithdraw: true, isBoundToAddress: false };
  const refused = judgeNewKey(asked(facts), key);
  await expect(refused).rejects.toThrow('This API key must not be used');
  const { issues } = (await refused.catch((error: unknown) => error)) as {
    issues: readonly { path: string }[];
  };
  expect(issues.map(({ path }) => path)).toEqual(['apiKey', 'apiKey']);
});

test('A key that the exchange does not know is refused in its words', async () => {
  const unknown = new Terminal('API key is invalid', { scope: 'account' });
  await expect(judgeNewKey(asked(unknown), key)).rejects.toMatchObject({
    name: 'BadInput',
    message: expect.stringContaining('The exchange does not accept this API key') as string,
    issues: [
      {
        path: 'apiKey',
        found: 'API key is invalid',
        expected: expect.stringMatching(/^a key of this mode/) as string,
      },
    ],
  });
});

test.each([
  ['does not answer', new Retryable('timeout')],
  ['breaks', new Error('connect ECONNREFUSED')],
  ['refuses something else', new Terminal('no such symbol', { scope: 'symbol' })],
])('A key is taken, and it is said that nobody could be asked, when the exchange %s', async (_, error) => {
  expect(await judgeNewKey(asked(error), key)).toEqual({
    facts: null,
    findings: [{ code: 'notAsked', figures: { said: error.message } }],
  });
});

test('An account without a key is only for paper, and half a key is for none', async () => {
  const add = (environment: 'paper' | 'testnet', given: { apiKey?: string; apiSecret?: string }) =>
    addOwnAccount(operator, {} as Ports, { userName: 'ann', name: 'main', environment, key: given });
  const needed = (path: string) => ({
    message: expect.stringContaining('The account needs its API key') as string,
    issues: [{ path, found: 'nothing' }],
  });
  await expect(add('testnet', {})).rejects.toMatchObject(needed('apiKey'));
  await expect(add('testnet', { apiKey: 'k' })).rejects.toMatchObject(needed('apiSecret'));
  await expect(add('testnet', { apiSecret: 's' })).rejects.toMatchObject(needed('apiKey'));
  await expect(add('paper', { apiKey: 'k' })).rejects.toMatchObject(needed('apiSecret'));
  await expect(add('paper', { apiSecret: 's' })).rejects.toMatchObject(needed('apiKey'));
});
