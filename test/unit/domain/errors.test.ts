/** What an error says: every wrong value on a line of its own, and what the caller does next in the name. */
import { describe, expect, test } from 'vitest';
import {
  BadInput,
  Conflict,
  messageOf,
  Retryable,
  Terminal,
  UnknownOutcome,
} from '../../../src/domain/errors.ts';

describe('an error', () => {
  test.each([
    [new Retryable('later'), 'Retryable'],
    [new Terminal('never'), 'Terminal'],
    [new UnknownOutcome('perhaps'), 'UnknownOutcome'],
    [new Conflict('not ours'), 'Conflict'],
    [new BadInput('wrong', []), 'BadInput'],
  ])('%s is an Error that carries its kind in its name', (error, name) => {
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
  });

  test('keeps its cause', () => {
    const cause = new Error('socket hang up');
    expect(new Retryable('later', { cause }).cause).toBe(cause);
    expect(new Terminal('never', { cause }).cause).toBe(cause);
    expect(new UnknownOutcome('perhaps', { cause }).cause).toBe(cause);
  });

  test('that may be retried says when, a second later by default', () => {
    expect(new Retryable('later').retryAfterMs).toBe(1_000);
    expect(new Retryable('later', { retryAfterMs: 30 }).retryAfterMs).toBe(30);
  });

  test('that is terminal concerns the request alone, unless it says otherwise', () => {
    expect(new Terminal('never')).toMatchObject({ code: '', scope: 'request' });
    expect(new Terminal('gone', { code: '110001', scope: 'final' })).toMatchObject({
      code: '110001',
      scope: 'final',
    });
  });
});

describe('bad input', () => {
  test('is listed line by line: where, what was found, what would be right', () => {
    const error = new BadInput('The task spec is not valid', [
      { path: 'trigger.index.above', found: '"abc"', expected: 'a price above 0, like 25500' },
      { path: 'ENCRYPTION_KEY', found: '', expected: '64 hex digits' },
      { path: '', found: 'null', expected: 'an object' },
    ]);
    expect(error.message).toBe(
      [
        'The task spec is not valid',
        '  trigger.index.above: found "abc", expected a price above 0, like 25500',
        '  ENCRYPTION_KEY: expected 64 hex digits',
        '  (top level): found null, expected an object',
      ].join('\n'),
    );
  });
});

describe('the message of anything thrown', () => {
  test('is the text of an error, and any other thrown value written out', () => {
    expect(messageOf(new Terminal('no margin'))).toBe('no margin');
    expect(messageOf('just text')).toBe('just text');
    expect(messageOf(undefined)).toBe('undefined');
  });
});
