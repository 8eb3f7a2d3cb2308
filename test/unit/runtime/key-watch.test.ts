/** Accounts that are managed are asked about in the background, once an hour, and what became wrong is alerted once. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import type { AccountFees } from '../../../src/domain/market/fee-rates.ts';
import type { KeyFacts } from '../../../src/domain/orders/key-facts.ts';
import { dayMs } from '../../../src/domain/units.ts';
import { KeyWatch } from '../../../src/runtime/accounts/key-watch.ts';
import { MemoryBook } from './memory-book.ts';
import { soundKey as good } from '../../support/key-checks.ts';

class WatchFixture {
  readonly book = new MemoryBook();
  facts: KeyFacts = good;
  fees: AccountFees = { BTC: { maker: '0.0001', taker: '0.0002' } };
  error: Error | null = null;
  /** No answer comes before this is over. */
  pending: Promise<void> | null = null;
  managed: string[] = ['1'];
  readonly asked: string[] = [];
  replaced: string[] = [];
  readonly released: string[] = [];
  readonly watch = this.begin();

  /** As another daemon begins with the same database. */
  begin(): KeyWatch {
    const answer = async <T>(accountId: string, value: () => T): Promise<T> => {
      this.asked.push(accountId);
      await this.pending;
      return this.error ? Promise.reject(this.error) : Promise.resolve(value());
    };
    return new KeyWatch({
      asking: {
        ofAccount: (accountId) => answer(accountId, () => this.facts),
        replacedKeys: () => Promise.resolve(this.replaced),
        feeRatesOf: (accountId) => answer(accountId, () => this.fees),
      },
      accounts: this.book,
      managed: () => this.managed,
      release: (accountId) => Promise.resolve(void this.released.push(accountId)),
      accountName: () => 'main',
      log: pino({ level: 'silent' }),
    });
  }

  async looks(times: number, watch = this.watch): Promise<void> {
    for (let look = 0; look < times; look += 1) await watch.look();
  }
}

describe('A managed account', () => {
  it('has its own rates from the first look on, and is asked again an hour later', async () => {
    const fixture = new WatchFixture();
    expect(fixture.watch.feesOf('1', 'BTC')).toBeNull();
    await fixture.looks(1);
    expect(fixture.watch.feesOf('1', 'BTC')).toEqual({ maker: '0.0001', taker: '0.0002' });
    expect(fixture.watch.feesOf('1', 'ETH')).toBeNull();
    expect(fixture.watch.feesOf('1', 'toString')).toBeNull();
    await fixture.looks(3_599);
    expect(fixture.asked).toHaveLength(2);
    fixture.fees = { BTC: { maker: '0', taker: '0.0001' } };
    await fixture.looks(1);
    expect(fixture.asked).toHaveLength(4);
    expect(fixture.watch.feesOf('1', 'BTC')?.taker).toBe('0.0001');
  });

  it('keeps the rates that are known when the exchange does not answer, and is asked again soon', async () => {
    const fixture = new WatchFixture();
    await fixture.looks(1);
    fixture.error = new Retryable('away');
    await fixture.looks(3_600);
    expect(fixture.watch.feesOf('1', 'BTC')?.taker).toBe('0.0002');
    fixture.error = null;
    fixture.fees = {};
    await fixture.looks(300);
    expect(fixture.watch.feesOf('1', 'BTC')).toBeNull();
  });

  it('that has been given another key is released, and so connected anew; others are not', async () => {
    const fixture = new WatchFixture();
    fixture.managed = ['1', '2'];
    fixture.replaced = ['2', '3'];
    await fixture.looks(5);
    expect(fixture.released).toEqual(['2']);
  });

  it('is forgotten when it is released', async () => {
    const fixture = new WatchFixture();
    await fixture.looks(1);
    fixture.managed = [];
    await fixture.looks(1);
    expect(fixture.watch.feesOf('1', 'BTC')).toBeNull();
    fixture.managed = ['1'];
    await fixture.looks(1);
    expect(fixture.asked).toHaveLength(4);
  });

  it('is not asked again while its answer is on the way, however long that takes', async () => {
    const fixture = new WatchFixture();
    let answer = (): void => undefined;
    fixture.pending = new Promise((resolve) => (answer = resolve));
    const first = fixture.watch.look();
    fixture.managed = ['1', '2'];
    await fixture.looks(4_000);
    expect(fixture.asked).toEqual(['1']);
    answer();
    await first;
    fixture.pending = null;
    await fixture.looks(1);
    expect(fixture.asked.filter((accountId) => accountId === '2')).toHaveLength(2);
  });

  it('has no rates, and nothing is asked, where there is no exchange to ask', async () => {
    const watch = new KeyWatch({
      managed: () => ['1'],
      release: () => Promise.reject(new Error('nothing is to be released')),
      accountName: () => 'main',
      log: pino({ level: 'silent' }),
    });
    await watch.look();
    expect(watch.feesOf('1', 'BTC')).toBeNull();
  });

  it('is one of few that are asked at once, however many there are', async () => {
    const fixture = new WatchFixture();
    fixture.managed = Array.from({ length: 23 }, (_, at) => String(at));
    for (const total of [5, 10, 15, 20, 23, 23]) {
      await fixture.looks(1);
      expect(new Set(fixture.asked).size).toBe(total);
    }
  });

  it('whose key becomes unusable or is about to end is alerted once, also by the next daemon', async () => {
    const fixture = new WatchFixture();
    fixture.facts = { ...good, isReadOnly: true, expiresAtMs: good.atMs + 2 * dayMs };
    await fixture.looks(1);
    await fixture.looks(2, fixture.begin());
    expect(fixture.book.alerts).toEqual([
      expect.stringMatching(/^critical: Account main has a key that may only read/),
      expect.stringMatching(/^critical: The API key of account main ends within 3 days/),
    ]);
    fixture.facts = good;
    await fixture.looks(1, fixture.begin());
    expect(fixture.book.alerts.slice(2)).toEqual([
      'info: Account main no longer has a key that may only read.',
    ]);
  });

  it('is alerted later when the database does not take it', async () => {
    const fixture = new WatchFixture();
    fixture.facts = { ...good, mayWithdraw: true };
    fixture.book.failing = 1;
    await fixture.looks(1);
    expect(fixture.book.alerts).toEqual([]);
    await fixture.looks(300);
    expect(fixture.book.alerts).toHaveLength(1);
  });
});
