/** The parts of the store that decide something without a database. */
import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import { describeDatabaseError, isBadRow, surelyDidNotHappen } from '../../../src/store/database-errors.ts';
import { installedPackage } from '../../../src/store/embedded/binaries.ts';
import { unprivilegedUser } from '../../../src/store/embedded/identity.ts';
import { parsePostmasterFile } from '../../../src/store/embedded/postmaster-file.ts';
import { storable } from '../../../src/store/journal/flush-turns.ts';

const refused = (code: string): DatabaseError => Object.assign(new DatabaseError('no', 2, 'error'), { code });

describe('A database error', () => {
  it('never shows the user and password of a URL', () => {
    const text = describeDatabaseError(
      new Error('cannot reach postgres://ann:pass@db:5432/x and postgresql://u:q@h/y'),
    );
    expect(text).toBe('cannot reach postgres://…@db:5432/x and postgresql://…@h/y');
  });

  it('leaves the outcome open whenever the session may have died after its commit', () => {
    expect(surelyDidNotHappen(refused('40001'))).toBe(true);
    expect(surelyDidNotHappen(refused('57P01'))).toBe(false);
    expect(surelyDidNotHappen(refused('08006'))).toBe(false);
    expect(surelyDidNotHappen(Object.assign(new Error('broken'), { code: 'EPIPE' }))).toBe(false);
  });

  it('blames the row only for bad data and broken constraints', () => {
    expect([refused('22P02'), refused('23514')].map(isBadRow)).toEqual([true, true]);
    expect([refused('53100'), refused('40P01'), new Error('22P02')].map(isBadRow)).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('Text for people', () => {
  it('loses what Postgres cannot store, and nothing else', () => {
    expect(storable('a\0b \ud800 😀')).toBe('a\uFFFDb \uFFFD 😀');
  });
});

describe('postmaster.pid', () => {
  it('gives process, port and status', () => {
    const text = '4711\n/data/postgres\n1700000000\n54321\n\n127.0.0.1\n  123  0\nready   \n';
    expect(parsePostmasterFile(text)).toEqual({ pid: 4711, port: 54321, status: 'ready' });
  });
  it.each(['', 'garbage', '\n\n\n\n', '-5\n\n\n1\n'])('gives nothing when it contains %j', (text) => {
    expect(parsePostmasterFile(text)).toBeNull();
  });
});

describe('The user Postgres runs as when we are root', () => {
  it('is `nobody`, else the last unprivileged one, and never root', () => {
    const passwd = ['root:x:0:0::/root:/bin/sh', 'app:x:1000:1000::/home/app:/bin/sh'];
    expect(unprivilegedUser([...passwd, 'nobody:x:99:98:::'].join('\n'))).toEqual({ uid: 99, gid: 98 });
    expect(unprivilegedUser(passwd.join('\n'))).toEqual({ uid: 1000, gid: 1000 });
    expect(unprivilegedUser('root:x:0:0:::')).toEqual({ uid: 65534, gid: 65534 });
  });
});

describe('A platform without binaries', () => {
  it('is advised to use a database of its own', async () => {
    const refusal = installedPackage('sunos-sparc');
    await expect(refusal).rejects.toBeInstanceOf(BadInput);
    await expect(refusal).rejects.toThrow(/sunos-sparc, expected DATABASE_URL/);
  });
});

describe('Queries', () => {
  it('are all used, and each says what it is for', () => {
    const folder = new URL('../../../src/store/', import.meta.url);
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(new URL(path, folder), 'utf8'))
      .join('\n');
    const queries = readdirSync(new URL('sql/', folder));
    expect(queries.length).toBeGreaterThan(30);
    for (const file of queries) {
      expect(code, file).toContain(`'${file.replace('.sql', '')}'`);
      expect(readFileSync(new URL(`sql/${file}`, folder), 'utf8'), file).toMatch(/^-- [A-Z]/);
    }
  });
});
