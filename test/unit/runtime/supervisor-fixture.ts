/** A supervisor on a virtual clock, with the store, the market and one account at the exchange in memory. */
import { pino } from 'pino';
import type { CalendarTrouble, EventCalendar } from '../../../src/domain/rules/blackouts.ts';
import type { AccountLimits } from '../../../src/domain/rules/account-limits.ts';
import type { StandingHalt } from '../../../src/ports/halts.ts';
import type { StoredTask } from '../../../src/ports/journal.ts';
import type { RuntimeObserver } from '../../../src/ports/observer.ts';
import { Supervisor } from '../../../src/runtime/supervisor.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { FixtureAccount, stayOpen, strikes, TaskFixture } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { MemoryBook } from './memory-book.ts';
import { MemoryStore, symbol } from './memory-store.ts';

export class SupervisorFixture {
  readonly clock = new VirtualClock();
  readonly store = new MemoryStore();
  readonly market = new FixtureMarket(this.clock, strikes);
  readonly account = new FixtureAccount(this.clock, [
    { symbol, side: 'Sell', qty: '0.3', averagePrice: '900' },
  ]);
  /** The error that connecting an account fails with, by account. */
  readonly unreachable = new Map<string, Error>();
  readonly book = new MemoryBook();
  /** The operator's; `null`: the daemon has none. */
  readonly calendar: { known: EventCalendar | null; trouble: CalendarTrouble | null } | null;
  /** Of the account; changing them is noticed when `followLimits` is called. */
  limits: AccountLimits | null = null;
  /** What halts the account; changing it is noticed with the next look. */
  halts: StandingHalt[] = [];
  /** The accounts that were entered, in order. */
  readonly entered: string[] = [];
  /** Which halts were noted as in force, in order. */
  readonly inForce: string[] = [];
  /** Of the supervisors that are started from now on. */
  readAheadOptions = 0;
  /** Counts what the supervisors do that are started from now on. */
  observer: RuntimeObserver | undefined;
  supervisor: Supervisor;

  constructor(calendar: SupervisorFixture['calendar'] = null) {
    this.calendar = calendar;
    this.supervisor = this.start();
  }

  /** A daemon on the same store; one that ran before is not stopped. */
  start(): Supervisor {
    const { calendar } = this;
    return (this.supervisor = new Supervisor({
      limits: {
        limitsOf: () => Promise.resolve(new Map(this.limits ? [['1', this.limits]] : [])),
        usedSince: (_, sinceMs) =>
          Promise.resolve(
            this.store.records.flatMap(({ taskId, expectedVersion, use = [] }) => ({
              taskId,
              version: expectedVersion + 1,
              use: use.filter(({ atMs }) => atMs >= sinceMs),
            })),
          ),
        listenForLimits: () => Promise.resolve(),
      },
      halts: {
        enter: (accountId) => {
          this.entered.push(accountId);
          return Promise.resolve({ userId: '1', halts: this.halts });
        },
        inForce: () => Promise.resolve(this.halts),
        noteInForce: (accounts) => {
          this.inForce.push(...accounts.map(({ haltIds }) => haltIds.join()));
          return Promise.resolve();
        },
        warnOfAccessEnds: () => Promise.resolve(),
        listen: () => Promise.resolve(),
      },
      journal: this.store.journal,
      ownership: this.store.ownership,
      inbox: this.store.inbox,
      accounts: this.book,
      ...(calendar && { calendar: { known: () => calendar.known, trouble: () => calendar.trouble } }),
      market: this.market,
      clock: this.clock,
      observer: this.observer,
      readAheadOptions: this.readAheadOptions,
      log: pino({ level: 'silent' }),
      connect: (accountId) => {
        const error = this.unreachable.get(accountId);
        return error ? Promise.reject(error) : Promise.resolve(this.account);
      },
    }));
  }

  async tick(price: string): Promise<void> {
    this.market.moveTo({ index: price });
    this.supervisor.marketListener.tick({
      feed: 'underlying',
      source: 'BTC',
      readings: { index: price },
      atMs: this.clock.nowMs(),
    });
    await this.clock.advance(0);
  }

  /** Moves the clock on, and awaits work that waits for it. */
  async during<Result>(work: Promise<Result>, byMs = 1_000): Promise<Result> {
    await this.clock.advance(byMs);
    return work;
  }

  get links(): string[] {
    return this.account.submitted.map(({ linkId }) => linkId);
  }
}

/** A task as it is stored while its first order is worked. */
export async function rollUnderWay(taskId: string): Promise<StoredTask> {
  const fixture = new TaskFixture();
  fixture.account.behaviours = [stayOpen];
  await fixture.price('23500');
  const last = fixture.journal.records.at(-1);
  if (!last) throw new Error('no record');
  return {
    accountId: '1',
    taskId,
    version: fixture.journal.version,
    state: last.state,
    phase: last.phase,
    snapshotJson: last.snapshotJson.replaceAll('task000001', taskId),
    machine: last.machine,
  };
}
