import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readApiSecret } from '../../../src/cli/account/api-secret.ts';
import { paperSettings } from '../../../src/cli/lab/paper-settings.ts';
import { readSpecFile } from '../../../src/cli/task/task-spec-input.ts';
import { readTape } from '../../../src/exchange/paper/tape.ts';
import { readState } from '../../../src/exchange/paper/state-file.ts';
import { readBounded } from '../../../src/files/bounded-file.ts';
import { readJournal } from '../../../src/application/journal-file.ts';
import { BadInput } from '../../../src/domain/errors.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollkeeper-bounds-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileWith(content: string | Uint8Array, name = 'given.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as BadInput).message;
  }
  throw new Error('it was accepted');
}

const spec = 'symbol: BTC-31MAR23-25000-C-USDT\ntrigger: 25500\ntarget: 1\n';
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((name, at) => {
    const before = 'abcdefgh'[at] ?? '';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
].join('\n');

const paper = { port: '0', seed: '1', startPrice: '25000' };
const readers: readonly (readonly [string, (path: string) => unknown])[] = [
  ['a task spec', (path) => readSpecFile(path)],
  ['accounts of the paper exchange', (accounts) => paperSettings({ ...paper, accounts })],
];

describe.each(readers)('%s', (_name, read) => {
  it.each([
    ['aliases that unfold without end', bomb, 'aliases'],
    ['an alias that leads into itself', 'a: &a [*a, *a]', 'levels'],
    ['an alias of nothing', 'a: *b', 'b'],
    ['lists in lists', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 'levels'],
    ['as many lists as a megabyte holds', '['.repeat(1 << 20), 'levels'],
    ['lists in lists on one line', '- '.repeat(1 << 19), 'levels'],
    ['steps inward', Array.from({ length: 1_400 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'), 'levels'],
    ['maps in maps', `${'{a: '.repeat(200)}1${'}'.repeat(200)}`, 'levels'],
    ['more than a megabyte', `# ${'x'.repeat(1 << 20)}\n${spec}`, 'longer than 1 MB'],
    ['no text', Buffer.from([0, 0, 1, 2]), 'zero bytes'],
  ])('refuses %s, with the name of the file', (_what, content, words) => {
    const path = fileWith(content);
    const message = refusal(() => read(path));
    expect(message).toContain(path);
    expect(message).toContain(words);
  });

  it('refuses a device that never ends', () => {
    expect(refusal(() => read('/dev/zero'))).toContain('longer than 1 MB');
  });
});

describe('a task spec', () => {
  it.each([
    ['different keys', Array.from({ length: 40_000 }, (_, at) => `k${at}: 1`).join('\n')],
    ['the same key', 'k: 1\n'.repeat(40_000)],
    ['keys on one line', `{${Array.from({ length: 40_000 }, (_, at) => `k${at}: 1`).join(',')}}`],
  ])('refuses very many values: %s', (_, text) => {
    expect(refusal(() => readSpecFile(fileWith(text)))).toContain('more than 10000 lines or values');
  });

  it('is read in the encodings of Windows', () => {
    expect(readSpecFile(fileWith(Buffer.from(`\ufeff${spec.replaceAll('\n', '\r\n')}`, 'utf16le')))).toEqual(
      readSpecFile(fileWith(spec)),
    );
  });
});

describe('stdin and pipes', () => {
  const reading = (path: string): string =>
    `import { readBounded } from ${JSON.stringify(import.meta.resolve('../../../src/files/bounded-file.ts'))};
     try { process.stdout.write(String(readBounded(${JSON.stringify(path)}, 1 << 20).length)); }
     catch (error) { process.stdout.write(error.message); }`;
  const child = (path: string, shell: string): string =>
    execFileSync(
      'sh',
      [
        '-c',
        shell.replace('READ', '"$0" --import tsx --input-type=module -e "$1"'),
        process.execPath,
        reading(path),
      ],
      {
        encoding: 'utf8',
      },
    );

  it('are read to their end, also when it comes late', () => {
    expect(child('-', '{ printf ab; sleep 0.3; printf cd; } | READ')).toBe('4');
    const fifo = join(folder, 'fifo');
    expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
    expect(child(fifo, `{ printf abc > ${fifo}; } & READ`)).toBe('3');
  });

  it('are left when they do not end', () => {
    expect(child('-', 'READ < /dev/zero')).toBe('longer than 1 MB');
    expect(child('-', 'cat /dev/zero | READ')).toBe('longer than 1 MB');
  });
});

describe('other files', () => {
  it('an API secret is a line, not a disk image', async () => {
    await expect(readApiSecret('live', '/dev/zero')).rejects.toThrow('longer than 16 kB');
    expect(await readApiSecret('live', fileWith(Buffer.from('\ufeffabcdefgh\r\n', 'utf16le')))).toBe(
      'abcdefgh',
    );
    // What `rollkeeper paper --help` pipes in.
    const short = fileWith('paper\n');
    expect(await readApiSecret('paper', short)).toBe('paper');
    await expect(readApiSecret('live', short)).rejects.toThrow('5 characters (not shown)');
  });

  it('a tape is bounded when it is unpacked too, and has only days that exist', () => {
    const packed = gzipSync(Buffer.alloc(300 << 20, 'x'), { level: 1 });
    const path = fileWith(packed, 'bomb.csv.GZ');
    expect(() => readTape({ path })).toThrow(path);
    expect(() => readTape({ path: '/dev/zero' })).toThrow('/dev/zero cannot be read: longer than 256 MB');
    const row = fileWith('time,open,high,low,close\n2023-02-30T00:00Z,1,1,1,1\n');
    expect(() => readTape({ path: row })).toThrow('no such day');
    const settings = { ...paper, tape: row, from: '2023-02-30T00:00Z' };
    expect(refusal(() => paperSettings(settings))).toContain('--from');
  });

  it('the state of a paper account', () => {
    const path = fileWith('['.repeat(1 << 20));
    expect(() => readState(path)).toThrow(path);
  });

  it('a journal has lines of rows, not of megabytes', () => {
    expect(refusal(() => readJournal('x'.repeat(2 << 20), 'a.jsonl'))).toContain('a line of');
  });

  it('a file of exactly the bound is read', () => {
    expect(readBounded(fileWith('abcd'), 4).toString()).toBe('abcd');
    expect(() => readBounded(fileWith('abcde'), 4)).toThrow('longer than');
  });
});
