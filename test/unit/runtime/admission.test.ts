/** Which tasks decide now, which wait, and which account has the next turn. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Admission, type Urgency } from '../../../src/runtime/task/admission.ts';
import { Stopping } from '../../../src/runtime/task/effect.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';

/** Tasks are named by their account and a number: `a1`. */
function door() {
  const clock = new VirtualClock();
  const admission = new Admission(clock, bybitRules.orderPace);
  const entered: string[] = [];
  const ask = (taskId: string, urgency: Urgency = 'usual', stopping = new Stopping()): void =>
    void admission
      .enter({ accountId: taskId.charAt(0), taskId }, urgency, stopping)
      .then(() => entered.push(taskId));
  return { clock, admission, entered, ask };
}

const named = (account: string, total: number): string[] =>
  Array.from({ length: total }, (_, at) => `${account}${at}`);

describe('a task', () => {
  test('alone is admitted at once, and again while it is inside', async () => {
    const { clock, admission, entered, ask } = door();
    ask('a1');
    ask('a1');
    await clock.advance(0);
    expect(entered).toEqual(['a1', 'a1']);
    expect(admission.has('a1')).toBe(true);
    admission.leave('a1');
    expect(admission.has('a1')).toBe(false);
  });

  test('that was stopped while it waited is never admitted, and takes no place from another', async () => {
    const { clock, admission, entered, ask } = door();
    const stopping = new Stopping();
    ask('a1');
    ask('a2', 'usual', stopping);
    ask('a3');
    stopping.stop();
    admission.leave('a1');
    await clock.advance(0);
    expect(entered).toEqual(['a1', 'a3']);
  });
});

describe('the tasks of an account', () => {
  test('that wait are admitted together when the one before them has decided', async () => {
    const { clock, admission, entered, ask } = door();
    named('a', 5).forEach((taskId) => ask(taskId));
    await clock.advance(0);
    expect(entered).toEqual(['a0']);
    admission.leave('a0');
    await clock.advance(0);
    expect(entered).toEqual(named('a', 5));
  });

  test('are not kept out by one that hangs', async () => {
    const { clock, entered, ask } = door();
    named('a', 3).forEach((taskId) => ask(taskId));
    await clock.advance(249);
    expect(entered).toEqual(['a0']);
    await clock.advance(1);
    expect(entered).toEqual(['a0', 'a1', 'a2']);
  });

  test('are as many in a second as it may send orders', async () => {
    const { clock, admission, entered, ask } = door();
    named('a', 25).forEach((taskId) => ask(taskId));
    for (let ms = 0; ms < 1_100; ms += 1) {
      await clock.advance(1);
      entered.forEach((taskId) => admission.leave(taskId));
    }
    expect(entered).toHaveLength(11);
    await clock.advance(1_099);
    expect(entered).toHaveLength(20);
  });

  test('that are naked come before those that are not', async () => {
    const { clock, admission, entered, ask } = door();
    named('a', 12).forEach((taskId) => ask(taskId));
    ask('a99', 'naked');
    admission.leave('a0');
    await clock.advance(0);
    expect(entered.slice(0, 2)).toEqual(['a0', 'a99']);
  });
});

describe('the accounts', () => {
  /** 128 others are inside. */
  const full = () => {
    const fixture = door();
    for (let other = 0; other < 128; other += 1)
      void fixture.admission.enter({ accountId: `x${other}`, taskId: `x${other}` }, 'usual', new Stopping());
    return fixture;
  };

  test('take turns, so that one with many tasks keeps no other waiting', async () => {
    const { clock, admission, entered, ask } = full();
    named('a', 30).forEach((taskId) => ask(taskId));
    ask('b0');
    for (let other = 0; other < 2; other += 1) {
      admission.leave(`x${other}`);
      await clock.advance(0);
      entered.forEach((taskId) => admission.leave(taskId));
    }
    await clock.advance(0);
    expect(entered.slice(0, 11)).toEqual([...named('a', 10), 'b0']);
  });

  test('that have a naked roll come first', async () => {
    const { clock, admission, entered, ask } = full();
    ask('a0');
    ask('b0', 'naked');
    admission.leave('x0');
    await clock.advance(0);
    expect(entered).toEqual(['b0']);
  });
});

test('while accounts are taken over only a few tasks begin, no naked one waits, and the rest follow', async () => {
  const { clock, admission, entered, ask } = door();
  let taken = (): void => undefined;
  void admission.giveWay(new Promise<void>((resolve) => (taken = resolve)));
  const accounts = Array.from('abcdefghijklmnopqrstuvwxyz');
  accounts.forEach((account) => ask(`${account}0`));
  await clock.advance(0);
  expect(entered).toHaveLength(16);
  accounts.forEach((account) => ask(`${account}1`, 'naked'));
  await clock.advance(250);
  expect(entered.filter((taskId) => taskId.endsWith('1'))).toHaveLength(accounts.length);
  taken();
  await clock.advance(250);
  expect(entered).toHaveLength(2 * accounts.length);
});

test('every task is admitted, in whatever order the others leave', async () => {
  const applicants = fc.array(
    fc.record({ account: fc.integer({ min: 0, max: 5 }), naked: fc.boolean(), staysMs: fc.nat(3_000) }),
    { maxLength: 200 },
  );
  await fc.assert(
    fc.asyncProperty(applicants, async (all) => {
      const { clock, admission } = door();
      let inside = 0;
      let entered = 0;
      all.forEach(({ account, naked, staysMs }, at) => {
        const applicant = { accountId: `${account}`, taskId: `${at}` };
        void admission.enter(applicant, naked ? 'naked' : 'usual', new Stopping()).then(() => {
          inside += 1;
          entered += 1;
          expect(inside).toBeLessThan(128 + 10);
          clock.alarm(clock.nowMs() + staysMs, () => {
            inside -= 1;
            admission.leave(applicant.taskId);
          });
        });
      });
      await clock.advance(120_000);
      expect(entered).toBe(all.length);
    }),
    { numRuns: 50 },
  );
});
