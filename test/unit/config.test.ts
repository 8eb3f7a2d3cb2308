import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveConsent, loadConfig, paperKey, type ConfigSources, type Environment } from '../../src/config.ts';
import { BadInput } from '../../src/domain/errors.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const load = (env: Environment, more: ConfigSources = {}) => loadConfig({ cwd, env, ...more });
const key = '0123456789abcdef'.repeat(4);

function refusal(env: Environment, more: ConfigSources = {}): BadInput {
  try {
    load(env, more);
  } catch (error) {
    if (error instanceof BadInput) return error;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('an empty environment', () => {
  it('gives paper mode on an embedded database in the working directory, without any key', () => {
    const config = load({});
    expect(config).toMatchObject({
      mode: 'paper',
      database: { kind: 'embedded', dataDir: join(cwd, '.rollkeeper') },
      exchange: { restUrl: null, wsUrl: null, timeoutMs: 5_000 },
      migrateAtStart: true,
      drainTimeoutMs: 30_000,
      warnings: [],
    });
    expect(config.log.level).toBe('info');
    expect(config.encryptionKey).toEqual(paperKey());
    expect(config.encryptionKey).toHaveLength(32);
  });
});

describe('administrators', () => {
  it('are names of users and ids at a messenger, with commas between them', () => {
    expect(load({}).administrators).toEqual({ names: [], identities: [] });
    expect(load({ ADMINISTRATORS: ' ann, telegram:12345,Бob Smith ,, ' }).administrators).toEqual({
      names: ['ann', 'Бob Smith'],
      identities: ['telegram:12345'],
    });
  });

  it.each(['telegram:ann', 'telegram:0', 'ann; bob', '@ann', 'user:1', '<b>'])('are refused: %s', (text) => {
    expect(refusal({ ADMINISTRATORS: `ann, ${text}` }).issues).toMatchObject([
      { path: 'ADMINISTRATORS', expected: expect.stringContaining('telegram:12345') as string },
    ]);
  });
});

describe('the calendar of events', () => {
  it('is a YAML file or an iCalendar, found from the working directory', () => {
    expect(load({}).calendar).toBeNull();
    expect(load({ BLACKOUTS: 'events.yaml' }).calendar).toEqual({
      kind: 'file',
      path: join(cwd, 'events.yaml'),
    });
    expect(load({ BLACKOUTS: '/etc/events.ICS' }).calendar).toEqual({
      kind: 'file',
      path: '/etc/events.ICS',
    });
  });

  it.each([
    ['https://example.com/events?token=1', 'https://example.com/events?token=1'],
    ['webcal://example.com/events.ics', 'https://example.com/events.ics'],
    ['http://127.0.0.1:8080/events.ics', 'http://127.0.0.1:8080/events.ics'],
  ])('is an address that can be asked without being read on the way: %s', (given, url) => {
    expect(load({ BLACKOUTS: given }).calendar).toEqual({ kind: 'url', url });
  });

  it('is refused with what it may be', () => {
    const expected =
      'a file .yaml or .ics, or an address of an iCalendar: https://, or http:// on this machine';
    expect(refusal({ BLACKOUTS: 'events.txt' }).issues).toEqual([
      { path: 'BLACKOUTS', found: '"events.txt"', expected },
    ]);
  });

  it.each(['http://example.com/secret.ics', 'ftp://example.com/secret.ics', 'https://:secret'])(
    'is refused without a word of the address: %s',
    (given) => {
      const [issue] = refusal({ BLACKOUTS: given }).issues;
      expect(issue?.path).toBe('BLACKOUTS');
      expect(JSON.stringify(issue)).not.toContain('secret');
    },
  );
});

describe('the .env file', () => {
  it('is read from the working directory, and the process environment wins over it', () => {
    writeFileSync(
      join(cwd, '.env'),
      'LOG_LEVEL=debug # chatty\nDRAIN_TIMEOUT_SECONDS="7"\nROLLKEEPER_DAEMON_NAME=file\n',
    );
    const config = load({ ROLLKEEPER_DAEMON_NAME: 'process' });
    expect(config.log.level).toBe('debug');
    expect(config.drainTimeoutMs).toBe(7_000);
    expect(config.daemonName).toBe('process');
  });

  it('can be switched off key by key with an empty value in the process environment', () => {
    writeFileSync(join(cwd, '.env'), 'DATABASE_URL=postgres://u:p@db/rollkeeper\n');
    expect(load({ DATABASE_URL: '' }).database.kind).toBe('embedded');
  });
});

describe('real money', () => {
  it('has to be asked for twice', () => {
    const issue = refusal({ ROLLKEEPER_MODE: 'live', ENCRYPTION_KEY: key }).issues[0];
    expect(issue).toMatchObject({ path: 'ROLLKEEPER_LIVE', found: 'nothing' });
    expect(issue?.expected).toContain(liveConsent);
    expect(
      refusal({ ROLLKEEPER_MODE: 'live', ROLLKEEPER_LIVE: 'yes', ENCRYPTION_KEY: key }).message,
    ).toContain('"yes"');
    expect(load({ ROLLKEEPER_MODE: 'live', ROLLKEEPER_LIVE: liveConsent, ENCRYPTION_KEY: key }).mode).toBe(
      'live',
    );
  });

  it('is not started by BYBIT_TESTNET=false or by the consent alone, and says so', () => {
    for (const env of [{ BYBIT_TESTNET: 'false' }, { ROLLKEEPER_LIVE: liveConsent }]) {
      const config = load(env);
      expect(config.mode).toBe('paper');
      expect(config.warnings.join()).toContain('does not mean live');
    }
  });

  it.each(['testnet', 'demo', 'live'])('or any mode but paper (%s) needs an encryption key', (mode) => {
    const env = { ROLLKEEPER_MODE: mode, ROLLKEEPER_LIVE: liveConsent };
    expect(refusal(env).issues).toMatchObject([{ path: 'ENCRYPTION_KEY', found: 'nothing' }]);
    expect(refusal({ ...env, ENCRYPTION_KEY: key.slice(2) }).issues).toMatchObject([
      { path: 'ENCRYPTION_KEY' },
    ]);
    expect(load({ ...env, ENCRYPTION_KEY: key }).encryptionKey.toString('hex')).toBe(key);
    expect(load(env, { needsEncryptionKey: false }).mode).toBe(mode);
  });
});

describe('the keys of the earlier Go version', () => {
  const go = {
    DB_HOST: 'db.internal',
    DB_PORT: '6432',
    DB_USER: 'ops',
    DB_PASSWORD: 'p@ss/w:rd',
    DB_NAME: 'rolls',
    DB_SSLMODE: 'require',
  };

  it('make an address with every part escaped', () => {
    expect(load(go).database).toEqual({
      kind: 'url',
      url: 'postgres://ops:p%40ss%2Fw%3Ard@db.internal:6432/rolls?sslmode=require&uselibpqcompat=true',
    });
    expect(load({ DB_HOST: '::1', DB_USER: 'ops', DB_NAME: 'rolls' }).database).toEqual({
      kind: 'url',
      url: 'postgres://ops@[::1]:5432/rolls',
    });
  });

  it('name what is missing among them', () => {
    expect(refusal({ DB_HOST: 'localhost' }).issues.map((issue) => issue.path)).toEqual([
      'DB_USER',
      'DB_NAME',
    ]);
  });

  it('give way to DATABASE_URL, with a warning', () => {
    const config = load({ ...go, DATABASE_URL: 'postgresql://u:p@h/d' });
    expect(config.database).toEqual({ kind: 'url', url: 'postgresql://u:p@h/d' });
    expect(config.warnings.join()).toContain('DATABASE_URL is given and wins');
  });

  it('still choose the testnet and the time-out', () => {
    const config = load({ BYBIT_TESTNET: 'TRUE', BYBIT_TIMEOUT_SECONDS: '12', ENCRYPTION_KEY: key });
    expect(config.mode).toBe('testnet');
    expect(config.exchange.timeoutMs).toBe(12_000);
  });

  it('may not contradict the mode', () => {
    expect(
      refusal({ BYBIT_TESTNET: 'true', ROLLKEEPER_MODE: 'demo', ENCRYPTION_KEY: key }).issues,
    ).toMatchObject([{ path: 'BYBIT_TESTNET' }]);
  });
});

describe('the command line', () => {
  it('wins: --data makes the database embedded although DATABASE_URL is set', () => {
    const env = { DATABASE_URL: 'postgres://u:p@h/d' };
    expect(load(env, { overrides: { dataDir: 'here' } }).database).toEqual({
      kind: 'embedded',
      dataDir: join(cwd, 'here'),
    });
    expect(load(env, { overrides: { databaseUrl: 'postgres://x@y/z' } }).database).toEqual({
      kind: 'url',
      url: 'postgres://x@y/z',
    });
  });

  it('cannot name a directory by nothing, as an unset variable of a script does', () => {
    expect(refusal({}, { overrides: { dataDir: '' } }).issues).toMatchObject([{ path: '--data' }]);
  });

  it('is taken without the spaces around it', () => {
    expect(load({}, { overrides: { databaseUrl: ' postgres://x@y/z\n' } }).database).toEqual({
      kind: 'url',
      url: 'postgres://x@y/z',
    });
  });

  it('cannot ask for two databases', () => {
    const overrides = { dataDir: 'here', databaseUrl: 'postgres://x@y/z' };
    expect(refusal({}, { overrides }).issues).toMatchObject([{ path: '--data' }]);
  });
});

describe('a wrong value', () => {
  it.each([
    ['ROLLKEEPER_MODE', 'real', 'one of paper, testnet, demo, live'],
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['LOG_FORMAT', 'xml', 'one of pretty, json'],
    ['BYBIT_TESTNET', 'perhaps', 'true or false'],
    ['BYBIT_TIMEOUT_SECONDS', '5s', 'a number of seconds from 0.5 to 60'],
    ['BYBIT_TIMEOUT_SECONDS', '0', 'a number of seconds from 0.5 to 60'],
    ['DRAIN_TIMEOUT_SECONDS', '-1', 'a number of seconds from 1 to 3600'],
    ['READ_AHEAD_OPTIONS', '2001', 'a whole number from 0 to 2000'],
    ['ROLLKEEPER_MIGRATE_AT_START', '2', 'true or false'],
    ['ROLLKEEPER_DAEMON_NAME', 'a b', 'at most 63 letters'],
    ['DB_PORT', '99999', 'a port from 1 to 65535'],
    ['DB_SSLMODE', 'prefer', 'one of disable, require, verify-ca, verify-full'],
  ])('%s=%s is named with what would be right', (name, value, expected) => {
    const { issues, message } = refusal({ [name]: value });
    expect(issues).toHaveLength(1);
    expect(message).toContain(`${name}: found "${value}", expected ${expected}`);
  });

  it('is named together with all the others', () => {
    const env = {
      ROLLKEEPER_MODE: 'x',
      LOG_LEVEL: 'y',
      BYBIT_TIMEOUT_SECONDS: 'z',
      DATABASE_URL: 'mysql://h',
    };
    expect(refusal(env).issues.map((issue) => issue.path)).toEqual([
      'ROLLKEEPER_MODE',
      'DATABASE_URL',
      'BYBIT_TIMEOUT_SECONDS',
      'LOG_LEVEL',
    ]);
  });

  it.each([
    ['SMTP_URL', 'smtps://ann:hunter2%@mail.example.com', '%25 for a %'],
    ['TELEGRAM_PROXY', 'http://ann:hunter2%zz@proxy.example.com:3128', '%25 for a %'],
    ['TELEGRAM_PROXY', 'socks5://ann:hunter2%@proxy.example.com:1080', '%25 for a %'],
    ['TELEGRAM_API_URL', 'https://ann:hunter2@bots.example.com', 'an address like https://api.telegram.org'],
    ['TELEGRAM_API_URL', 'https://bots.example.com/#hunter2', 'an address like https://api.telegram.org'],
    ['HEARTBEAT_URL', 'https://ann:hunter2@hc-ping.com/1', 'without a user and a password'],
  ])('%s=%s, with which nothing could be reached, is refused at the start', (name, value, expected) => {
    const { issues, message } = refusal({ [name]: value, ALERTS_FROM: 'rollkeeper@example.com' });
    expect(issues.map(({ path }) => path)).toEqual([name]);
    expect(message).toContain(expected);
    expect(message).not.toContain('hunter2');
  });

  it.each(['ENCRYPTION_KEY', 'DATABASE_URL'])('of a secret (%s) is not shown', (name) => {
    const { message } = refusal({ [name]: 'hunter2-hunter2' });
    expect(message).not.toContain('hunter2');
    expect(message).toContain('a value of 15 characters (not shown)');
  });
});

describe('the address of the exchange', () => {
  const paper = { BYBIT_REST_URL: 'http://paper:8787/', BYBIT_WS_URL: 'ws://paper:8787' };

  it('is taken as a pair, without trailing slashes', () => {
    expect(load(paper).exchange).toMatchObject({ restUrl: 'http://paper:8787', wsUrl: 'ws://paper:8787' });
    expect(refusal({ BYBIT_REST_URL: paper.BYBIT_REST_URL }).issues).toMatchObject([
      { path: 'BYBIT_WS_URL' },
    ]);
  });

  it('must be encrypted outside paper mode, except on this machine', () => {
    const testnet = { ROLLKEEPER_MODE: 'testnet', ENCRYPTION_KEY: key };
    expect(refusal({ ...testnet, ...paper }).issues.map((issue) => issue.path)).toEqual([
      'BYBIT_REST_URL',
      'BYBIT_WS_URL',
    ]);
    const here = { BYBIT_REST_URL: 'http://127.0.0.1:1', BYBIT_WS_URL: 'ws://127.0.0.1:1' };
    expect(load({ ...testnet, ...here }).exchange.restUrl).toBe('http://127.0.0.1:1');
  });
});

describe('the way of orders', () => {
  const secured = { ENCRYPTION_KEY: key };

  it('is the websocket, where the mode has one', () => {
    expect(load({}).exchange.orders).toBe('websocket');
    expect(load({ ...secured, ROLLKEEPER_MODE: 'demo' }).exchange.orders).toBe('rest');
  });

  it('can be chosen; what demo cannot do is warned about', () => {
    expect(load({ BYBIT_ORDERS: 'rest' }).exchange.orders).toBe('rest');
    const demo = load({ ...secured, ROLLKEEPER_MODE: 'demo', BYBIT_ORDERS: 'websocket' });
    expect(demo.exchange.orders).toBe('rest');
    expect(demo.warnings.join()).toContain('BYBIT_ORDERS=websocket does nothing in demo mode');
    expect(refusal({ BYBIT_ORDERS: 'pigeon' }).issues).toEqual([
      { path: 'BYBIT_ORDERS', found: '"pigeon"', expected: 'one of websocket, rest' },
    ]);
  });
});

it('A mistyped ROLLKEEPER_ key is warned about, with the known ones', () => {
  const { warnings } = load({ ROLLKEEPER_MOD: 'live', PATH: '/bin' });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/^ROLLKEEPER_MOD is not a key .* ROLLKEEPER_MODE/);
});

describe('metrics', () => {
  it('are off without a port, and on loopback with one', () => {
    expect(load({}).metrics).toBeNull();
    expect(load({ METRICS_HOST: '0.0.0.0' }).metrics).toBeNull();
    expect(load({ METRICS_PORT: 'off' }).metrics).toBeNull();
    expect(load({ METRICS_PORT: '9464' }).metrics).toEqual({ host: '127.0.0.1', port: 9_464 });
    expect(load({ METRICS_PORT: '9464', METRICS_HOST: '0.0.0.0' }).metrics?.host).toBe('0.0.0.0');
  });

  it('are refused at a port or an address that is none', () => {
    const { issues } = refusal({ METRICS_PORT: '99999', METRICS_HOST: 'everywhere' });
    expect(issues).toEqual([
      { path: 'METRICS_PORT', found: '"99999"', expected: 'a port from 1 to 65535, or off' },
      {
        path: 'METRICS_HOST',
        found: '"everywhere"',
        expected: 'an IP address like 127.0.0.1, or localhost',
      },
    ]);
  });
});

describe('traces', () => {
  it('are off without a collector, and sent below its address with one', () => {
    expect(load({ OTEL_EXPORTER_OTLP_HEADERS: 'a=b' }).traces).toBeNull();
    const headers = 'authorization=Bearer%20abc=,x-team=one%2Ctwo';
    expect(
      load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/', OTEL_EXPORTER_OTLP_HEADERS: headers })
        .traces,
    ).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      headers: { authorization: 'Bearer abc=', 'x-team': 'one,two' },
    });
  });

  it('are refused where an address or a header is none, without showing what may be secret', () => {
    const { issues } = refusal({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'Bearer s3cret',
    });
    expect(issues).toEqual([
      {
        path: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        found: '"collector:4318"',
        expected: 'an address like http://127.0.0.1:4318, to which /v1/traces is added',
      },
      {
        path: 'OTEL_EXPORTER_OTLP_HEADERS',
        found: 'a value of 13 characters (not shown)',
        expected: 'name=value, more of them after commas, %2C for a comma',
      },
    ]);
  });
});
