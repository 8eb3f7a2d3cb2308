import { describe, expect, it } from 'vitest';
import type { HaltsInForce } from '../../../src/api/contract.ts';
import {
  bodyOf,
  haltsIn,
  keyOf,
  resumableTargets,
  type HaltTarget,
  type StandingHalt,
} from '../../../src/dashboard/frame/halt-targets.ts';

const halt = (scope: StandingHalt['scope'], cause: StandingHalt['cause'] = 'halt'): StandingHalt => ({
  cause,
  scope,
  by: 'ann',
  reason: null,
  sinceMs: 1,
});
const main: HaltTarget = { kind: 'account', accountName: 'main', userName: 'ann' };
const income: HaltTarget = { kind: 'account', accountName: 'income', userName: 'ann' };
const targets: readonly HaltTarget[] = [{ kind: 'own' }, main, income, { kind: 'everything' }];
const inForce: HaltsInForce = {
  everything: [halt('everything')],
  accounts: [
    { accountName: 'main', userName: 'ann', halts: [halt('everything'), halt('user'), halt('account')] },
    { accountName: 'income', userName: 'ann', halts: [halt('everything'), halt('user')] },
  ],
};

describe('halts', () => {
  it('are shown once each, the widest first', () => {
    expect(haltsIn(inForce).map(({ halt: { scope }, account }) => [scope, account?.accountName])).toEqual([
      ['everything', undefined],
      ['user', 'main'],
      ['account', 'main'],
    ]);
  });

  it('keep the target that a person chose, whatever the live list puts before it', () => {
    const ofBob: HaltTarget = { kind: 'account', accountName: 'income', userName: 'bob' };
    const chosen = keyOf(income);
    const later = [ofBob, ...targets];
    expect(later.find((each) => keyOf(each) === chosen)).toBe(income);
    expect(new Set(later.map(keyOf)).size).toBe(later.length);
  });

  it('are resumed under the names they were made with', () => {
    const ann = { userName: 'ann' };
    expect(resumableTargets(targets, inForce, ann)).toEqual([{ kind: 'own' }, main, { kind: 'everything' }]);
    expect(resumableTargets(targets, inForce, { userName: 'bob' })).toEqual([main, { kind: 'everything' }]);
  });

  it('that no person has made are not resumed', () => {
    const banned = {
      everything: [],
      accounts: [{ accountName: 'main', userName: 'ann', halts: [halt('user', 'banned')] }],
    };
    expect(resumableTargets(targets, banned, { userName: 'ann' })).toEqual([]);
  });

  it('name what they are about as the API takes it', () => {
    expect(bodyOf({ kind: 'everything' }, ' why ')).toEqual({ isEverywhere: true, reason: 'why' });
    expect(bodyOf({ kind: 'own' }, '')).toEqual({});
    expect(bodyOf(main, '')).toEqual({ accountName: 'main', userName: 'ann' });
  });
});
