/** A database with the use cases' ports on it, and people of a messenger who knock at the door. */
import { admitIdentity } from '../../src/application/admit.ts';
import type { Caller } from '../../src/application/caller.ts';
import type { DaemonPorts, Ports, ShellPorts } from '../../src/application/ports.ts';
import { redeemVoucher, type RedeemedVoucher } from '../../src/application/redeem-voucher.ts';
import { BacktestJobs } from '../../src/backtest/backtest-jobs.ts';
import { LaidOutCharts } from '../../src/drawing/layout-thread.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { sealedFilesWith } from '../../src/files/sealed-files.ts';
import { replaying } from '../../src/replay/replay.ts';
import type { Administrators } from '../../src/ports/people.ts';
import type { Store } from '../../src/store/store.ts';
import { noKeyCheck } from './key-checks.ts';
import { createTestDatabase, openTestStore, query } from './database.ts';

/** A person of a messenger. */
export interface Stranger {
  readonly identity: { readonly kind: 'telegram'; readonly id: string; readonly name: string };
  readonly from: string;
}

export interface PeopleFixture {
  readonly url: string;
  readonly store: Store & ShellPorts;
  /** Somebody whom nobody has seen before. */
  readonly stranger: (name?: string) => Stranger;
  readonly redeem: (code: string, person: Stranger) => Promise<RedeemedVoucher>;
  readonly admitted: (person: Stranger) => Promise<Caller>;
  /** How many acts are recorded. */
  readonly actsTotal: () => Promise<number>;
  close(): Promise<void>;
}

export const noAdministrators: Administrators = { names: [], identities: [] };

/** A person without a ceiling, as the bot admits them. */
export const userCaller = (userId: string): Extract<Caller, { kind: 'user' }> => ({
  kind: 'user',
  userId,
  right: 'manage',
  isAdministrator: false,
  from: 'a test',
});

/** Sends nothing: what becomes of a real channel is tested where channels are. */
const untried: Ports['trial'] = {
  refusalOf: () => Promise.resolve(null),
  send: () => Promise.resolve({ kind: 'delivered' }),
};

/** The use cases' ports on an opened store. */
export const portsOn = (
  store: Store,
  administrators = noAdministrators,
): Store & DaemonPorts & ShellPorts => ({
  ...store,
  rules: bybitRules,
  administrators,
  trial: untried,
  keyCheck: noKeyCheck,
  charts: new LaidOutCharts(),
  backtests: new BacktestJobs({ nowMs: () => 0 }),
  sealedFiles: sealedFilesWith({}),
  replaying,
});

export async function openPeople(administrators: Administrators = noAdministrators): Promise<PeopleFixture> {
  const database = await createTestDatabase();
  const opened = await openTestStore(database.url);
  const store = portsOn(opened, administrators);
  let lastId = 1_000;
  return {
    url: database.url,
    store,
    stranger: (name = 'Zoe') => {
      lastId += 1;
      const id = String(lastId);
      return { identity: { kind: 'telegram', id, name }, from: `telegram ${id}` };
    },
    redeem: (code, person) => redeemVoucher(store, { code, ...person }),
    admitted: ({ identity: { kind, id }, from }) => admitIdentity(store, { kind, id, from }),
    actsTotal: async () => {
      const [row] = await query<{ total: number }>(database.url, 'SELECT count(*)::int AS total FROM audit');
      return row?.total ?? 0;
    },
    close: async () => {
      await opened.close();
      await database.drop();
    },
  };
}
