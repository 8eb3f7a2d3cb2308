/** What is relied on of the book of accounts: the trouble stored last is there, and the alert about it comes with it. */
import type { KeyNews, KeyStanding } from '../../../src/domain/orders/key-standing.ts';
import { expect } from 'vitest';
import type { AccountTrouble } from '../../../src/domain/orders/account-trouble.ts';
import type { AccountBook } from '../../../src/ports/accounts.ts';
import type { Alert } from '../../../src/ports/alerts.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';
import { alertOf } from './records.ts';

export interface AccountBookFixture extends Closable {
  readonly book: AccountBook;
  readonly accountId: string;
  readonly otherAccountId: string;
  /** Alerts about an account, oldest first. */
  readonly alerts: (accountId: string) => Promise<readonly (Alert & { readonly atMs: number })[]>;
}

const trouble = (said: string): AccountTrouble => ({
  refusals: { 'log-in': { said, atMs: 1_700_000_000_000 }, positions: { said, atMs: 1_700_000_000_001 } },
  sinceMs: 1_700_000_000_000,
  remindedMs: 60_000,
});

const cases = {
  'knows of no trouble before one is stored': async ({ book, accountId }) => {
    expect(await book.trouble(accountId)).toBeNull();
  },

  'gives back what was stored last': async ({ book, accountId }) => {
    await book.noteTrouble(accountId, trouble('33004 "expired" ü 漢字'), null);
    expect(await book.trouble(accountId)).toEqual(trouble('33004 "expired" ü 漢字'));
    await book.noteTrouble(accountId, trouble('10003'), null);
    expect(await book.trouble(accountId)).toEqual(trouble('10003'));
  },

  'forgets the trouble when nothing keeps the account from trading any more': async ({ book, accountId }) => {
    await book.noteTrouble(accountId, trouble('33004'), null);
    await book.noteTrouble(accountId, null, null);
    expect(await book.trouble(accountId)).toBeNull();
  },

  'keeps accounts apart': async ({ book, accountId, otherAccountId, alerts }) => {
    await book.noteTrouble(accountId, trouble('33004'), { ...alertOf('begins'), atMs: 5 });
    expect(await book.trouble(otherAccountId)).toBeNull();
    expect(await alerts(otherAccountId)).toEqual([]);
  },

  'stores the alert that comes with it, and none when there is none': async (fixture) => {
    const { book, accountId, alerts } = fixture;
    const begins = { ...alertOf('begins', 'critical'), atMs: 1_700_000_000_002 };
    const ends = { ...alertOf('ends', 'info'), atMs: 1_700_000_000_003 };
    await book.noteTrouble(accountId, trouble('33004'), begins);
    await book.noteTrouble(accountId, trouble('10003'), null);
    await book.noteTrouble(accountId, null, ends);
    expect(await alerts(accountId)).toMatchObject([begins, ends]);
  },

  'stores an alert that is no trouble of the account': async ({ book, accountId, alerts }) => {
    const alert = { ...alertOf('calendar', 'warning'), atMs: 1_700_000_000_004 };
    await book.noteTrouble(accountId, trouble('33004'), null);
    await book.noteAlert(accountId, alert);
    expect(await alerts(accountId)).toMatchObject([alert]);
    expect(await book.trouble(accountId)).toEqual(trouble('33004'));
  },

  'stores neither when the alert cannot be stored': async ({ book, accountId, alerts }) => {
    await book.noteTrouble(accountId, trouble('33004'), null);
    const noted = book.noteTrouble(accountId, null, { ...alertOf('ends'), atMs: 0.5 });
    await expect(noted).rejects.toThrow();
    expect(await book.trouble(accountId)).toEqual(trouble('33004'));
    expect(await alerts(accountId)).toEqual([]);
  },
  'stores how a key stands with its alerts, once: the second of two who read the same finds it changed':
    async (fixture) => {
      const { book, accountId, alerts } = fixture;
      expect(await book.keyStanding(accountId)).toBeNull();
      const at = (checkedAtMs: number): KeyStanding => ({
        checkedAtMs,
        findings: [{ code: 'keyUnbound', figures: { expiresAtMs: null } }],
        expiresAtMs: 9_000,
        alertedDays: 7,
      });
      const news = (checkedAtMs: number): KeyNews => ({
        standing: at(checkedAtMs),
        alerts: [alertOf('keyEnds', 'warning')],
      });
      const both = await Promise.all([
        book.noteKeyStanding(accountId, null, news(5)),
        book.noteKeyStanding(accountId, null, news(5)),
      ]);
      expect(both.toSorted()).toEqual([false, true]);
      expect(await book.keyStanding(accountId)).toEqual(at(5));
      expect(await book.noteKeyStanding(accountId, at(5), news(6))).toBe(true);
      expect(await book.noteKeyStanding(accountId, at(5), news(7))).toBe(false);
      expect(await book.keyStanding(accountId)).toEqual(at(6));
      expect(await alerts(accountId)).toMatchObject([
        { ...alertOf('keyEnds', 'warning'), atMs: 5 },
        { ...alertOf('keyEnds', 'warning'), atMs: 6 },
      ]);
    },
} satisfies Cases<AccountBookFixture>;

export const describeAccountBook = contractOf('AccountBook', cases);
