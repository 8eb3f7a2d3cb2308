/** How it is written that a rule asks first: the defaults, what a rule changes for itself, and what makes no sense. */
import { describe, expect, test } from 'vitest';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { readSpec } from '../../../support/options.ts';
import { base, issuesOf } from './spec-issues.ts';

const { symbol } = base;
const approvals = (spec: object) => readSpec(spec).rules.map(({ approval = null }) => approval);
const usual = { timeoutMs: 600_000, otherwise: 'skip', tolerance: { kind: 'share', value: '0.05' } };

describe('a task', () => {
  test('asks nobody unless it says so', () => {
    expect(approvals(base)).toEqual([null]);
    expect(approvals({ ...base, approval: 'none' })).toEqual([null]);
    expect(JSON.stringify(fullForm(readSpec(base)))).not.toContain('approval');
  });

  test('that asks without further words waits ten minutes, then skips, and shows at most 5 % worse', () => {
    expect(approvals({ ...base, approval: {} })).toEqual([usual]);
    expect(fullForm(readSpec({ ...base, approval: {} }))).toMatchObject({
      approval: { timeout: '10m', otherwise: 'skip', tolerance: '5%' },
    });
  });

  test('asks with what a rule says in place of its own words, and not at all where a rule says none', () => {
    const rules = [
      { when: { index: { above: 26_000 } }, then: '+1000', approval: { otherwise: 'roll' } },
      { when: { profit: { above: '80%' } }, then: 'close', approval: 'none' },
      { when: { index: { above: 27_000 } }, then: 'close' },
      { when: { index: { above: 25_000 } }, then: 'alert' },
    ];
    const spec = { symbol, rules, approval: { timeout: '1h', tolerance: 12.5 } };
    const own = { timeoutMs: 3_600_000, tolerance: { kind: 'amount', value: '12.5' } };
    expect(approvals(spec)).toEqual([
      { ...own, otherwise: 'roll' },
      null,
      { ...own, otherwise: 'skip' },
      null,
    ]);
    expect(approvals(fullForm(readSpec(spec)))).toEqual(approvals(spec));
  });

  test('that asks nobody may have a rule that does', () => {
    const rules = [{ when: { index: { above: 26_000 } }, then: '+1000', approval: {} }];
    expect(approvals({ symbol, rules })).toEqual([usual]);
    expect(approvals({ symbol, rules, approval: 'none' })).toEqual([usual]);
  });
});

describe('what makes no sense is refused with what would be right', () => {
  const timeout = 'a duration from 30s to 24h, like 10m';
  const tolerance = 'an amount of settle coin from 0 up, like 10, or a share of the premium, like 5%';
  const whole = 'none, or an object like { timeout: 10m, otherwise: skip }';
  test.each([
    [{ timeout: '29s' }, 'approval.timeout', timeout],
    [{ timeout: '1441m' }, 'approval.timeout', timeout],
    [{ timeout: 600 }, 'approval.timeout', 'a duration like 5s, 2m or 1h'],
    [{ otherwise: 'close' }, 'approval.otherwise', 'roll or skip'],
    [{ tolerance: -1 }, 'approval.tolerance', tolerance],
    [{ tolerance: 'some' }, 'approval.tolerance', tolerance],
    [{ timout: '10m' }, 'approval.timout', 'one of timeout, otherwise, tolerance'],
    [true, 'approval', whole],
    [['10m'], 'approval', whole],
  ])('%j', (approval, path, expected) => {
    expect(issuesOf({ ...base, approval })).toMatchObject([{ path, expected }]);
    const rules = [{ when: { index: { above: 26_000 } }, then: '+1000', approval }];
    expect(issuesOf({ symbol, rules })).toMatchObject([{ path: `rules.0.${path}`, expected }]);
  });

  test('a rule that only alerts asks nothing', () => {
    const rules = [{ when: { index: { above: 26_000 } }, then: 'alert', approval: {} }];
    expect(issuesOf({ symbol, rules })).toMatchObject([
      { path: 'rules.0.approval', expected: 'roll, close or reduce: a rule that only alerts asks nothing' },
    ]);
  });
});
