/** What is reported about accounts that cannot be managed here, and how often. */
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { AccountUnmanageable, Retryable, Terminal } from '../../../src/domain/errors.ts';
import type { AccountState } from '../../../src/ports/journal.ts';
import { AccountTroubles } from '../../../src/runtime/accounts/account-troubles.ts';

let notes: { accountId: string; state: AccountState }[];
let criticals: string[];
let troubles: AccountTroubles;
beforeEach(() => {
  notes = [];
  criticals = [];
  const log = pino(
    { level: 'info' },
    {
      write: (line: string) => {
        const { level, msg } = JSON.parse(line) as { level: number; msg: string };
        if (level === pino.levels.values['fatal']) criticals.push(msg);
      },
    },
  );
  troubles = new AccountTroubles({
    log,
    ownership: {
      noteAccount: (accountId, state) => {
        notes.push({ accountId, state });
        return Promise.resolve();
      },
    },
  });
});

const refused = (text: string) => new Terminal(text, { scope: 'account' });

test('a refusal is reported at once, once for each reason, and to the other daemons; the wait grows up to an hour', () => {
  for (let failures = 1; failures <= 12; failures += 1)
    troubles.failed('1', refused('unmatched IP'), { failures, retryAfterMs: 0 });
  expect(criticals).toEqual([
    expect.stringMatching(/account 1 cannot be managed.*unmatched IP; another daemon is to try/),
  ]);
  const waits = notes.map(({ state }) => (state.kind === 'failed' ? state.stayAwayMs / 60_000 : 0));
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]);
  troubles.failed('1', refused('key expired'), { failures: 13, retryAfterMs: 0 });
  expect(criticals).toHaveLength(2);
});

test('a failure that may pass by itself is reported, and left to other daemons, only when it lasts', () => {
  const away = new Retryable('no answer');
  troubles.failed('1', away, { failures: 1, retryAfterMs: 0 });
  troubles.failed('1', away, { failures: 2, retryAfterMs: 0 });
  expect({ notes, criticals }).toEqual({ notes: [], criticals: [] });
  troubles.failed('1', away, { failures: 3, retryAfterMs: 0 });
  expect(notes).toMatchObject([{ state: { kind: 'failed', reason: 'no answer', forEverybody: false } }]);
  expect(criticals).toHaveLength(1);
});

test('a fault of the account itself is no reason for another daemon to try', () => {
  troubles.failed('1', new AccountUnmanageable('it has the same API key'), { failures: 1, retryAfterMs: 0 });
  expect(notes).toMatchObject([{ state: { forEverybody: true } }]);
  expect(criticals[0]).not.toMatch(/another daemon/);
});

test('that no daemon can manage an account is reported when it begins, and again after the account was managed meanwhile', () => {
  troubles.failed('1', refused('key expired'), { failures: 1, retryAfterMs: 0 });
  troubles.unmanageable(['1']);
  troubles.unmanageable(['1']);
  expect(criticals.filter((text) => text.startsWith('no daemon can manage account 1'))).toHaveLength(1);
  troubles.managed('1');
  troubles.unmanageable([]);
  troubles.failed('1', refused('key expired'), { failures: 1, retryAfterMs: 0 });
  troubles.unmanageable(['1']);
  expect(criticals).toHaveLength(4);
  expect(notes.map(({ state }) => state.kind)).toEqual(['failed', 'managed', 'failed']);
});
