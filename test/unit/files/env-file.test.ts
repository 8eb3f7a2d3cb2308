import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiSecretFromEnvironment, loadConfig, type Config } from '../../../src/config.ts';
import { BadInput } from '../../../src/domain/errors.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'rollkeeper-env-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const secret = 'a-secret-value';
const key = '0123456789abcdef'.repeat(4);

function load(content: string | Uint8Array): Config {
  writeFileSync(join(cwd, '.env'), content);
  return loadConfig({ cwd, env: {} });
}

function refusal(content: string | Uint8Array): BadInput {
  try {
    load(content);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    expect(error.message).not.toContain(secret);
    return error;
  }
  throw new Error('the file was accepted');
}

const utf16 = (text: string, { bigEndian = false } = {}): Buffer => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};
const testnet = `ROLLKEEPER_MODE=testnet\nENCRYPTION_KEY=${key}\n`;

describe('how the file is encoded', () => {
  it.each([
    ['UTF-8', testnet],
    ['UTF-8 with a byte order mark', `\ufeff${testnet}`],
    ['UTF-16, little end first', utf16(testnet)],
    ['UTF-16, big end first', utf16(testnet, { bigEndian: true })],
    ['UTF-16 without a byte order mark', Buffer.from(testnet, 'utf16le')],
    ['line ends of Windows', testnet.replaceAll('\n', '\r\n')],
    ['line ends of an old Mac', testnet.replaceAll('\n', '\r')],
    ['no line end at the end', testnet.trimEnd()],
    ['two files with byte order marks, one after the other', `\ufeff# mine\n\ufeff${testnet}`],
  ])('keeps the first key: %s', (_name, content) => {
    expect(load(content).mode).toBe('testnet');
  });

  it('asks for the key of testnet when the first line says testnet behind a byte order mark', () => {
    expect(refusal('\ufeffROLLKEEPER_MODE=testnet\n').issues[0]?.path).toBe('ENCRYPTION_KEY');
  });

  it.each([
    ['another encoding', Buffer.from('# Schl\u00fcssel\nLOG_LEVEL=debug\n', 'latin1'), 'UTF-8'],
    ['no text', Buffer.from([0, 0, 0, 1, 2, 3]), 'zero bytes'],
    ['a file that is no file of settings', Buffer.alloc(300_000, 'A=b\n'), '256 kB'],
  ])('refuses %s', (_name, content, word) => {
    expect(refusal(content).message).toContain(word);
  });

  it('refuses what cannot be read, and reads a device only as far as it must', () => {
    mkdirSync(join(cwd, '.env'));
    expect(() => loadConfig({ cwd, env: {} })).toThrow(BadInput);
    rmSync(join(cwd, '.env'), { recursive: true });
    symlinkSync('/dev/zero', join(cwd, '.env'));
    expect(() => loadConfig({ cwd, env: {} })).toThrow(BadInput);
  });
});

describe('lines that are read', () => {
  it.each([
    ['export LOG_LEVEL=debug'],
    ['  export   LOG_LEVEL = debug  '],
    ['LOG_LEVEL="debug"'],
    ["LOG_LEVEL='debug' # chatty"],
    ['LOG_LEVEL=`debug`'],
    ['LOG_LEVEL: debug'],
    ['LOG_LEVEL=debug # chatty # twice'],
    ['# LOG_LEVEL=info\n\n   \n\t# more\nLOG_LEVEL=debug'],
    ['PRIVATE="-----BEGIN\nabc=\n-----END"\nLOG_LEVEL=debug'],
  ])('%j', (content) => {
    expect(load(content).log.level).toBe('debug');
  });

  it('keeps a # and spaces inside quotes, and takes an empty value for none', () => {
    writeFileSync(join(cwd, '.env'), `BYBIT_API_SECRET=' a#b " c '\nDATABASE_URL= # later\n`);
    expect(apiSecretFromEnvironment({ cwd, env: {} })).toBe('a#b " c');
    expect(loadConfig({ cwd, env: {} }).database.kind).toBe('embedded');
    expect(load(`DB_HOST=h\nDB_USER=u\nDB_NAME=d\nDB_PASSWORD="p #x"`).database).toEqual({
      kind: 'url',
      url: 'postgres://u:p%20%23x@h:5432/d',
    });
  });

  it('lets other programs keep their keys there, whatever they write', () => {
    const others = [
      'PGUSER=ann',
      'PGUSER=bob',
      'CHANNEL=a#b',
      "GREETING='tis",
      'DB_HOST2=x',
      'BYBIT_API_KEY=x',
      'COMPOSE_PROJECT_NAME=rollkeeper',
      'DECRYPTION_KEY=x',
      '__proto__=x',
      'constructor=y',
      'LOGS=x',
    ];
    expect(load([...others, 'LOG_LEVEL=debug', ''].join('\n'))).toMatchObject({
      log: { level: 'debug' },
      warnings: [],
    });
  });
});

describe('wrong lines are refused with their number, and without a value', () => {
  it.each([
    ['no assignment', `A=1\n\n${secret}\n`, 3, 'characters (not shown)'],
    ['a space instead of =', `LOG_LEVEL ${secret}`, 1, 'KEY=value'],
    ["a shell's set", `set LOG_LEVEL=${secret}`, 1, 'KEY=value'],
    ['no key', `=${secret}`, 1, 'KEY=value'],
    ['a letter that nobody sees', `\u200bLOG_LEVEL=${secret}`, 1, 'KEY=value'],
    ['a key twice', `A=1\nLOG_LEVEL=info\nexport LOG_LEVEL=debug\n`, 3, 'in line 2 too'],
    [
      'two on a line',
      `ROLLKEEPER_MODE=testnet ENCRYPTION_KEY=${secret}`,
      1,
      'ENCRYPTION_KEY on the same line',
    ],
    ['two on a line, apart by ;', `LOG_LEVEL=info;DB_PASSWORD=${secret}`, 1, 'DB_PASSWORD on the same line'],
    ['line ends of no editor', `LOG_LEVEL=info\u2028BYBIT_API_SECRET=${secret}`, 1, 'on the same line'],
    ['a # that would cut the value', `DB_PASSWORD=${secret}#more`, 1, 'a # inside'],
    ['a # at its beginning', `DB_PASSWORD=#${secret}`, 1, 'a # inside'],
    ['a quote that is not closed', `A=1\nDB_PASSWORD="${secret}\nB=2\n`, 2, 'not closed'],
    ['text after the quote', `DB_PASSWORD="${secret}"x`, 1, 'not closed at the end'],
    ['a value over two lines', `ENCRYPTION_KEY="${secret}\n${secret}"`, 1, 'on a later line'],
    [
      'a quote that takes in a key of ours',
      `A='${secret}\nLOG_LEVEL=debug\nB=x'`,
      1,
      'closed after LOG_LEVEL',
    ],
    ['a path with \\n in double quotes', 'ROLLKEEPER_DATA="C:\\new"', 1, 'control character'],
    ['an unknown key of ours', `ROLLKEEPER_MOOD=${secret}`, 1, 'ROLLKEEPER_MODE'],
    ['our name misspelt', `A=1\nROLKEEPER_MOOD=${secret}`, 2, 'ROLLKEEPER_MODE'],
    ['a slip', `ENCRYPTON_KEY=${secret}`, 1, 'ENCRYPTION_KEY'],
    ['two letters that changed places', `DATABASE_ULR=${secret}`, 1, 'DATABASE_URL'],
    ['small letters', `rollkeeper_mode=${secret}`, 1, 'ROLLKEEPER_MODE'],
    ['another separator', `ROLLKEEPER-MODE=${secret}`, 1, 'ROLLKEEPER_MODE'],
    ['lines after a value of many lines', `A="1\n2\n3"\nDB_PORTS=${secret}`, 4, 'DB_PORT'],
  ])('%s', (_name, content, line, words) => {
    const { issues, message } = refusal(content);
    expect(issues.map(({ path }) => path)).toEqual([`.env:${line}`]);
    expect(message).toContain(words);
  });

  it('names all of them at once', () => {
    const { issues } = refusal('nonsense\nLOG_LEVLE=x\nDB_PASSWORD=a#b\n');
    expect(issues.map(({ path }) => path).sort()).toEqual(['.env:1', '.env:2', '.env:3']);
  });
});

it('takes the case that real use found', () => {
  writeFileSync(
    join(cwd, '.env'),
    Buffer.from('efbbbf524f4c4c4b45455045525f4d4f44453d746573746e65740a', 'hex'),
  );
  expect(loadConfig({ cwd, env: {}, needsEncryptionKey: false }).mode).toBe('testnet');
});
