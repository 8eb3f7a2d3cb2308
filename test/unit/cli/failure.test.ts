import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reportFailure } from '../../../src/cli/shell/failure.ts';
import { BadInput, Terminal } from '../../../src/domain/errors.ts';

let err = '';
let out = '';
beforeEach(() => {
  err = '';
  out = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
});
afterEach(() => vi.restoreAllMocks());

const quiet = { json: false, verbose: false };

describe('a failure', () => {
  it("of the person's making is explained without a stack, even when causes are asked for", () => {
    const mistake = new BadInput('Wrong', [{ path: 'a', found: '1', expected: '2' }]);
    expect(reportFailure(mistake, { json: false, verbose: true })).toBe(2);
    expect(err).toBe('rollkeeper: Wrong\n  a: found 1, expected 2\n');
  });

  it('of another kind is one sentence, and its chain of causes on request', () => {
    const failure = new Terminal('cannot start', { cause: new Error('disk full', { cause: 'quota' }) });
    expect(reportFailure(failure, quiet)).toBe(1);
    expect(err).toBe('rollkeeper: cannot start\n  (--verbose shows the causes)\n');
    err = '';
    reportFailure(failure, { json: false, verbose: true });
    expect(err).toContain('  caused by: disk full\n  caused by: quota\n');
  });

  it('with an empty message still says something', () => {
    reportFailure(new AggregateError([new Error('connect ECONNREFUSED ::1:1')], ''), quiet);
    expect(err).toContain('rollkeeper: connect ECONNREFUSED ::1:1');
  });

  it('never shows the password of a database address', () => {
    reportFailure(new Error('no route to postgres://ops:hunter2@db/x'), { json: true, verbose: true });
    expect(err + out).not.toContain('hunter2');
    expect(JSON.parse(out)).toEqual({
      error: { kind: 'Error', message: 'no route to postgres://ops:***@db/x' },
    });
  });
});
