/** What each kind of caller may do and see, and what one who may not is told. */
import { describe, expect, test } from 'vitest';
import {
  actOf,
  assertAdministrator,
  assertOperator,
  assertRight,
  assertRole,
  auditScopeOf,
  operator,
  peopleScopeOf,
  scopeOf,
  type Caller,
  type Right,
} from '../../../src/application/caller.ts';

const ann = { kind: 'user', userId: '7', right: 'manage', isAdministrator: false, from: 'a test' } as const;
const administrator: Caller = { ...ann, isAdministrator: true };
const nobody: Caller = { kind: 'nobody', from: 'telegram 12' };
const withToken = (right: Right): Caller => ({ ...ann, right });
const rights = ['read', 'trade', 'manage'] as const;
const roles = ['viewer', 'trader', 'owner'] as const;

const allowed = (act: () => void): boolean => {
  try {
    act();
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: 'NotAllowed' });
    return false;
  }
};

describe('a caller', () => {
  test('sees what is theirs; administrators see all people, and no more accounts than others', () => {
    expect([operator, ann, administrator, nobody].map(scopeOf)).toEqual([
      { userId: null },
      { userId: '7' },
      { userId: '7' },
      { userId: '0' },
    ]);
    expect([operator, ann, administrator, nobody].map(peopleScopeOf)).toEqual([
      { userId: null },
      { userId: '7' },
      { userId: null },
      { userId: '0' },
    ]);
    expect([operator, ann, administrator, nobody].map(auditScopeOf)).toEqual([
      { kind: 'everything' },
      { kind: 'user', userId: '7' },
      { kind: 'everything' },
      { kind: 'user', userId: '0' },
    ]);
  });

  test('is recorded with who they are and where they came from', () => {
    expect(actOf(ann)).toEqual({ by: 'user:7', from: 'a test' });
    expect(actOf(nobody)).toEqual({ by: 'nobody', from: 'telegram 12' });
    expect(actOf(operator)).toEqual({
      by: 'operator',
      from: expect.stringMatching(/^command line on ./) as string,
    });
    expect(actOf({ kind: 'operator', from: 'browser' })).toEqual({ by: 'operator', from: 'browser' });
  });
});

describe('what only some may do', () => {
  test('only the operator, or only administrators, may do', () => {
    const all = [operator, ann, administrator, nobody];
    expect(all.map((caller) => allowed(() => assertOperator(caller, 'jump')))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(all.map((caller) => allowed(() => assertAdministrator(caller, 'jump')))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(() => assertOperator(ann, 'jump')).toThrow('Only the operator may jump');
    expect(() => assertAdministrator(ann, 'jump')).toThrow('Only an administrator may jump');
    expect(() => assertAdministrator({ ...administrator, right: 'trade' }, 'jump')).toThrow(/scope manage/);
  });

  test.each<[Right, readonly boolean[]]>([
    ['read', [true, false, false]],
    ['trade', [true, true, false]],
    ['manage', [true, true, true]],
  ])('a token to %s may do that and what is less', (right, may) => {
    expect(rights.map((needed) => allowed(() => assertRight(withToken(right), needed)))).toEqual(may);
  });

  test('nobody may do nothing, the operator everything', () => {
    expect(rights.map((needed) => allowed(() => assertRight(nobody, needed)))).toEqual([false, false, false]);
    expect(rights.map((needed) => allowed(() => assertRight(operator, needed)))).toEqual([true, true, true]);
    expect(() => assertRight(nobody, 'read')).toThrow('This is only for people who have access');
    expect(() => assertRight(withToken('read'), 'trade')).toThrow(
      'This token may only read: it takes one with the scope trade',
    );
    expect(() => assertRight(withToken('trade'), 'manage')).toThrow(
      'This token may only read and manage tasks: it takes one with the scope manage',
    );
  });

  test.each([
    ['viewer', [true, false, false]],
    ['trader', [true, true, false]],
    ['owner', [true, true, true]],
  ] as const)('a %s of an account may do what the role allows', (role, may) => {
    const held = { role, accountName: 'main' };
    expect(roles.map((needed) => allowed(() => assertRole(ann, held, needed)))).toEqual(may);
  });

  test('a role allows no more than the token, and a token no more than the role', () => {
    const owner = { role: 'owner', accountName: 'main' } as const;
    const mayOf = (right: Right) =>
      roles.map((needed) => allowed(() => assertRole(withToken(right), owner, needed)));
    expect(mayOf('read')).toEqual([true, false, false]);
    expect(mayOf('trade')).toEqual([true, true, false]);
    expect(() => assertRole(ann, { role: 'viewer', accountName: 'main' }, 'trader')).toThrow(
      'You are a viewer of account "main": its owner can make you a trader',
    );
    expect(() => assertRole(ann, { role: 'trader', accountName: 'main' }, 'owner')).toThrow(
      'You are a trader of account "main": only its owner may do this',
    );
  });
});
