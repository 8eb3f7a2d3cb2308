/** What becomes of errors whose status is easy to get wrong: what the caller can put right is said, a failure of ours is not told. */
import { expect, it } from 'vitest';
import { failed, problemOf, refusalOf } from '../../../src/api/problem.ts';
import { AccountUnmanageable, Terminal } from '../../../src/domain/errors.ts';

it.each([
  ['a key that the exchange does not accept', new Terminal('The key has expired', { scope: 'account' })],
  ['an account that cannot be managed', new AccountUnmanageable('The key has expired')],
])('%s is a problem with its sentence', (_, error) => {
  const refusal = refusalOf(error);
  expect(refusal && problemOf(refusal)).toMatchObject({ status: 409, detail: 'The key has expired' });
});

it.each(['request', 'final', 'price', 'margin', 'symbol'] as const)(
  'what a database or an exchange refuses for good (%s) is a failure of ours, and is not told',
  (scope) => {
    expect(refusalOf(new Terminal('the database refuses this turn: column x', { scope }))).toBeNull();
    expect(JSON.stringify(problemOf(failed()))).not.toContain('column x');
  },
);

it('nor what is no error of ours', () => {
  expect(refusalOf(new Error('column x'))).toBeNull();
});
