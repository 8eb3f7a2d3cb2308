import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { maskAddress, prettyLogger, recordOptions } from '../../../src/telemetry/logger.ts';

const logged = (write: (log: pino.Logger) => void): string =>
  inMemory((memory) => write(pino({ ...recordOptions, level: 'info' }, memory)));
const shown = (write: (log: pino.Logger) => void, { colorize } = { colorize: false }): string =>
  inMemory((destination) => write(prettyLogger('info', { colorize, destination, sync: true })));

function inMemory(use: (memory: Writable) => void): string {
  let text = '';
  const memory = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  use(memory);
  return text;
}

it('A secret is not logged at the top of a record or two levels down', () => {
  const text = logged((log) =>
    log.info({ apiSecret: 'aaa1', account: { apiSecret: 'aaa2', inner: { password: 'aaa3' } } }, 'hello'),
  );
  expect(text).not.toMatch(/aaa\d/);
  expect(text).toContain('(not shown)');
});

it('Of an error object of the REST library neither headers nor the signed request are logged', () => {
  const rejection = {
    code: 10003,
    message: 'API key is invalid.',
    headers: { 'X-BAPI-SIGN': 'aaa1' },
    requestOptions: { key: 'aaa2', secret: 'aaa3' },
    body: { nested: 'aaa4' },
  };
  const text = logged((log) => log.warn({ err: new Error('outer', { cause: rejection }) }, 'refused'));
  expect(text).not.toMatch(/aaa\d/);
  expect(JSON.parse(text)).toMatchObject({
    err: { type: 'Error', message: 'outer', cause: { code: '10003', message: 'API key is invalid.' } },
  });
});

it('The password of a database address within a message is masked', () => {
  const text = logged((log) => log.error({ err: new Error('no route to postgres://ops:aaa1@db:5432/x') }));
  expect(text).not.toContain('aaa1');
  expect(text).toContain('postgres://ops:***@db:5432/x');
});

it('Children carry the words of their task on every line', () => {
  const words = { taskId: 'abc', symbol: 'BTC-31MAR23-26000-C-USDT', rollId: 'abc-v3' };
  expect(JSON.parse(logged((log) => log.child(words).info('leg 1 closed')))).toMatchObject(words);
});

it('A megabyte of one word is masked in one pass, not in the square of it', () => {
  const word = 'x'.repeat(1_000_000);
  expect(maskAddress(`${word} postgres://ops:aaa1@db/x`)).toBe(`${word} postgres://ops:***@db/x`);
});

it('What is critical can be found by that word, for a program and for a person', () => {
  const write = (log: pino.Logger): void => log.fatal('leg 2 is not open');
  expect(JSON.parse(logged(write))).toMatchObject({ level: 'critical' });
  expect(shown(write)).toMatch(/^\[[\d:.]+\] CRITICAL: leg 2 is not open\n$/);
  expect(shown(write, { colorize: true })).toContain('\u001b[41mCRITICAL\u001b[49m');
});

it('No control character of a text reaches a terminal, from any place in a record, and nothing else of it is lost', () => {
  const nasty = 'a\u001b[31mb\u001b]0;c\u0007d\u009b31me\u202ef\u2066g\u2028h\u007fi\u061cj\u{e0041}k';
  const write = (log: pino.Logger): void =>
    log
      .child({ taskId: nasty })
      .warn({ reason: nasty, inner: { list: [nasty] }, err: new Error(nasty, { cause: nasty }) }, nasty);
  const obeyed = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;
  expect(JSON.parse(logged(write))).toMatchObject({ msg: nasty, taskId: nasty, reason: nasty });
  expect(logged(write)).not.toMatch(obeyed);
  expect(shown(write)).not.toMatch(obeyed);
});
