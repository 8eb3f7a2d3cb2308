/** The exchange: whether it answers and is at work, whether prices come, and what it says of each account's key. */
import { messageOf, Terminal } from '../../domain/errors.ts';
import { found, type Finding } from '../../domain/doctor/finding.ts';
import { judgeClock, judgeExchange } from '../../domain/doctor/judge-surroundings.ts';
import { isRefusing, judgeKey, type KeyFinding } from '../../domain/orders/key-facts.ts';
import type { Account, ExchangeEnvironment } from '../../ports/directory.ts';
import { forEachOf, needs, withinLimit, type Check, type StoredPorts } from './check.ts';

const exchangeLimitMs = 20_000;
/** One account: a key is asked in three requests, a stream connects and signs in. */
const accountLimitMs = 20_000;
/** Of many accounts some at a time. */
const accountsAtOnce = 8;
const checksLimitMs = 300_000;
/** The exchange bounds how many connections an address may open within minutes, and daemons need theirs. */
const streamsMax = 20;

const exchange: Check = {
  name: 'exchange',
  limitMs: exchangeLimitMs,
  run: async ({ probes }) => {
    try {
      const look = await probes.exchange();
      if (look === null) return [found('ok', { code: 'exchangeOfDaemon', figures: {} })];
      return judgeExchange(look.facts, look.nowMs);
    } catch (error) {
      return [found('wrong', { code: 'exchangeAway', figures: { said: messageOf(error) } })];
    }
  },
};

const clock: Check = {
  name: 'clock',
  limitMs: exchangeLimitMs,
  run: async ({ probes, stored }) => {
    // The database is opened only where there is one.
    const database = (await stored()) === null ? null : await probes.databaseClock().catch(() => null);
    const exchangeLook = await probes.exchange().catch(() => null);
    return [
      database === null ? needs('database', 'database') : judgeClock('database', database),
      ...(exchangeLook?.clock ? [judgeClock('exchange', exchangeLook.clock)] : []),
    ];
  },
};

const prices: Check = {
  name: 'prices',
  limitMs: exchangeLimitMs,
  run: async ({ probes }) => {
    if ((await probes.exchange().catch(() => undefined)) === undefined) return [needs('exchange')];
    try {
      const look = await probes.price();
      return look === null ? [] : [found('ok', { code: 'pricesCome', figures: look })];
    } catch (error) {
      return [found('wrong', { code: 'noPrices', figures: { said: messageOf(error) } })];
    }
  },
};

/** Those of this program's exchange, with the name that they are shown by. */
async function accountsIn(
  { directory }: StoredPorts,
  environment: ExchangeEnvironment,
): Promise<readonly (Account & { readonly shown: string })[]> {
  const accounts = await directory.accounts({}, { userId: null });
  return accounts
    .filter((account) => account.environment === environment)
    .map((account) => ({ ...account, shown: `${account.userName}/${account.name}` }));
}

const keys = (environment: ExchangeEnvironment): Check => ({
  name: 'key',
  limitMs: checksLimitMs,
  run: async ({ stored }) => {
    const ports = await stored();
    if (ports === null) return [needs('database')];
    const accounts = await accountsIn(ports, environment);
    if (accounts.length === 0) return [found('unknown', { code: 'noAccount', figures: {} })];
    const judged = await forEachOf(accounts, accountsAtOnce, ({ accountId, shown }) =>
      withinLimit(() => keyFindings(ports, accountId, shown), { limitMs: accountLimitMs, subject: shown }),
    );
    return judged.flat();
  },
});

async function keyFindings(
  { keyCheck }: StoredPorts,
  accountId: string,
  subject: string,
): Promise<readonly Finding[]> {
  try {
    const facts = await keyCheck.ofAccount(accountId);
    if (facts === null) return [found('ok', { code: 'keyMadeUp', figures: {} }, subject)];
    const findings = judgeKey(facts).filter(({ code }) => code !== 'clockOff');
    if (findings.length === 0)
      return [found('ok', { code: 'keyRight', figures: { expiresAtMs: facts.expiresAtMs } }, subject)];
    return findings.map((finding) =>
      found(stateOf(finding), { code: 'keyFound', figures: { finding } }, subject),
    );
  } catch (error) {
    const said = messageOf(error);
    if (error instanceof Terminal)
      return [found('wrong', { code: 'keyNotAccepted', figures: { said } }, subject)];
    const finding = { code: 'notAsked', figures: { said } } as const;
    return [found('unknown', { code: 'keyFound', figures: { finding } }, subject)];
  }
}

const stateOf = (finding: KeyFinding): 'wrong' | 'warning' => (isRefusing(finding) ? 'wrong' : 'warning');

const privateStreams = (environment: ExchangeEnvironment): Check => ({
  name: 'private stream',
  limitMs: checksLimitMs,
  run: async ({ stored, probes }) => {
    const ports = await stored();
    const look = await probes.exchange().catch(() => undefined);
    if (look === null) return [];
    if (ports === null) return [needs('database')];
    if (look === undefined) return [needs('exchange')];
    const accounts = await accountsIn(ports, environment);
    const tried = await forEachOf(accounts.slice(0, streamsMax), accountsAtOnce, ({ accountId, shown }) =>
      withinLimit(async () => streamFinding(() => probes.privateStream(accountId), shown), {
        limitMs: accountLimitMs,
        subject: shown,
      }),
    );
    const left = accounts.length - tried.length;
    return [
      ...tried.flat(),
      ...(left > 0 ? [found('unknown', { code: 'streamsNotTried', figures: { count: left } })] : []),
    ];
  },
});

async function streamFinding(open: () => Promise<number | null>, subject: string): Promise<Finding[]> {
  try {
    const withinMs = await open();
    return withinMs === null ? [] : [found('ok', { code: 'streamLive', figures: { withinMs } }, subject)];
  } catch (error) {
    return [found('wrong', { code: 'streamRefused', figures: { said: messageOf(error) } }, subject)];
  }
}

export const exchangeChecks = (environment: ExchangeEnvironment): readonly Check[] => [
  clock,
  exchange,
  prices,
  keys(environment),
  privateStreams(environment),
];
