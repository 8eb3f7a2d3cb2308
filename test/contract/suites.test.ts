/** Every port has a suite, or the reason why not; and no suite is left without an implementation. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('.', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const interfacesIn = (text: string): string[] =>
  [...text.matchAll(/^export interface (\w+)[^{]*\{(.*?)^\}/gms)]
    .filter(([, , body = '']) => /^ {2}\w+\??(<\w+>)?\(/m.test(body))
    .map(([, name = '']) => name);

/** Interfaces of ports, by file. */
const ports = new Map(
  readdirSync(new URL('../../src/ports', folder)).map((file) => [
    file,
    interfacesIn(read(`../../src/ports/${file}`)),
  ]),
);

/** Suites, and how often each is run. */
const runs = new Map(
  readdirSync(new URL('suites', folder)).flatMap((file) => {
    const [, name] = /^export const describe(\w+) = /m.exec(read(`suites/${file}`)) ?? [];
    if (name === undefined) return [];
    const implementations = read(file.replace(/\.ts$/, '.test.ts')).split(`describe${name}('`).length - 1;
    return [[name, implementations] as const];
  }),
);

/** Receivers of reports; the suite of the port that reports to them covers them. */
const listeners = ['AccountListener', 'MarketListener', 'LiveRelayListener'];
const withoutSuite: Readonly<Record<string, string>> = {
  Inspection: 'the narrator alone implements it: test/unit/telemetry/inspector.test.ts',
  Exchange: 'the Bybit adapter alone implements it; its market, clock and accounts have suites of their own',
  AdviceAsking: 'Postgres alone implements it: store-advice.test.ts',
  AdviceAnswering: 'Postgres alone implements it: store-advice.test.ts',
  CommandSending: 'Postgres alone implements it: store-inbox.test.ts',
  Directory: 'Postgres alone implements it: store-directory.test.ts',
  JournalKeeping: 'Postgres alone implements it: journal-archive.test.ts',
  SealKeeping: 'Postgres alone implements it: archive.test.ts, archive-stopped.test.ts, archive-s3.test.ts',
  JournalReplaying: 'the replay alone implements it: archive.test.ts',
  TaskReading: 'Postgres alone implements it: store-directory.test.ts, application.test.ts',
  MachineCharts: 'a thread alone implements it: test/machines/layout.test.ts',
  Backtests: 'the backtests of a daemon alone implement it: test/unit/backtest/backtest-jobs.test.ts',
  AlertSender:
    'each kind of channel has a format of its own: test/unit/alerts/senders.test.ts, telegram-sender.test.ts',
  AuditReading: 'Postgres alone implements it: people.test.ts, isolation.test.ts',
  People: 'Postgres alone implements it: people.test.ts',
  Tokens: 'Postgres alone implements it: people.test.ts',
  SystemReading: 'Postgres alone implements it: api/live.test.ts',
  Sessions: 'Postgres alone implements it: api/sessions.test.ts',
  KeptAnswers: 'Postgres alone implements it: api/idempotency.test.ts',
  Vouchers: 'Postgres alone implements it: vouchers.test.ts',
  UpgradeReading: 'Postgres alone implements it: upgrade.test.ts, store-migrate-back.test.ts',
  Probes: 'the doctor alone implements it: test/e2e/doctor.test.ts',
  KeyKeeping: 'Postgres alone implements it: store-keys.test.ts',
  KeyCheck: 'the Bybit adapter alone implements it: exchange-keys.test.ts',
  AccountAsking: 'the Bybit adapter alone implements it: exchange-keys.test.ts',
  ChannelBook: 'Postgres alone implements it: alerts-people.test.ts',
  DeliveryBook: 'Postgres alone implements it: alerts-delivery.test.ts, alerts-daemons.test.ts',
  DeliveryTurn: 'Postgres alone implements it: alerts-delivery.test.ts, alerts-daemons.test.ts',
  Outbox: 'Postgres alone implements it: alerts-people.test.ts',
  HaltKeeping: 'Postgres alone implements it: test/e2e/halt.test.ts',
  HaltBook: 'the simulation has another, which its audit of halts holds; Postgres: test/e2e/halt.test.ts',
  LimitsKeeping: 'Postgres alone implements it: isolation.test.ts',
  LimitsBook: 'the simulation has another, which its audit of limits holds',
  LiveReports: 'the feed alone implements it: test/unit/runtime/live-feed.test.ts',
  RuntimeObserver: 'the metrics alone implement it: test/unit/telemetry/counted.test.ts',
  ExchangeObserver: 'the metrics alone implement it: test/unit/telemetry/counted.test.ts',
  ApiObserver: 'the metrics alone implement it: test/unit/telemetry/counted.test.ts',
  LiveSource: 'the feed alone implements it: test/unit/runtime/live-feed.test.ts',
  BotMemory: 'Postgres alone implements it: test/e2e/telegram/survival.test.ts',
  Duty: 'Postgres alone implements it: test/e2e/telegram/survival.test.ts',
};

test('every port has a suite, or the reason why it has none', () => {
  const missing = [...ports.values()]
    .flat()
    .filter((name) => !runs.has(name) && !listeners.includes(name) && withoutSuite[name] === undefined);
  expect(missing).toEqual([]);
  expect(runs.size).toBe(11);
});

test('every suite runs over an implementation', () => {
  expect([...runs].filter(([, implementations]) => implementations === 0)).toEqual([]);
});
