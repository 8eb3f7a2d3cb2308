import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { maskAddress, recordOptions } from '../../../src/telemetry/logger.ts';

function logged(write: (log: pino.Logger) => void): string {
  let text = '';
  const memory = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  write(pino({ ...recordOptions, level: 'info' }, memory));
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
