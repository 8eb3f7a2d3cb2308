/**
 * Trading is halted while a task rolls: at each of its commits, with and without a kill of the daemon there. From then on no
 * order of leg 1 is sent, what is closed is opened, and nothing begins until the halt is lifted.
 */
import { describe, expect, test } from 'vitest';
import type { Halt } from '../../src/domain/halt.ts';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import { isNaked } from '../../src/domain/roll/roll.ts';
import {
  fillAll,
  fillPart,
  fillWithLostAnswer,
  refuseWith,
  stayOpen,
  TaskFixture,
  type Behaviour,
} from '../support/task-fixture.ts';
import { call, callSpread, condor, fixtureOf, minute, strangle } from './structure-fixture.ts';

const halted: Halt = { cause: 'halt', scope: 'account', by: 'operator', reason: 'news', sinceMs: 0 };

function halt(fixture: TaskFixture): void {
  fixture.isHalted = true;
  if (!fixture.task.isOver) fixture.task.send({ type: 'HALTED', halt: halted });
}

function lift(fixture: TaskFixture): void {
  fixture.isHalted = false;
  if (!fixture.task.isOver) fixture.task.send({ type: 'HALT_LIFTED' });
}

const closings = ({ account }: TaskFixture): string[] =>
  account.submitted.map(({ linkId }) => linkId).filter((linkId) => linkId.startsWith('close'));

/** What the task believes is what the account has, and nothing is missing. */
async function expectHedged(fixture: TaskFixture): Promise<void> {
  const { context, state } = fixture.task;
  expect(state).toMatch(/^(IDLE\.(watching|coolingDown)|COMPLETED|ROLL_INITIATED\.halted)$/);
  expect(isNaked(context.roll)).toBe(false);
  const has = await fixture.account.positions();
  const believed = holdingsOf(context).map(({ symbol, side, qty }) => `${side} ${qty} ${symbol}`);
  expect(believed.sort()).toEqual(has.map(({ symbol, side, qty }) => `${side} ${qty} ${symbol}`).sort());
}

describe('a roll of which nothing is closed', () => {
  test('is broken off: its order is cancelled, no rule rests, and why is known', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    halt(fixture);
    await fixture.clock.advance(1_000);
    expect(fixture.account.cancelled).toEqual(['close-task000001-v1']);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(fixture.task.context).toMatchObject({
      roll: null,
      reasons: [{ code: 'halted', figures: halted }],
    });
    expect(fixture.alerts).toEqual([]);
    fixture.account.behaviours = [fillAll];
    lift(fixture);
    await fixture.price('23500');
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('stays broken off when the halt is lifted at once', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    halt(fixture);
    lift(fixture);
    await fixture.clock.advance(1_000);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(closings(fixture)).toHaveLength(1);
  });

  test('does not send the order that waits for its commit', async () => {
    const fixture = new TaskFixture();
    await fixture.price('23000');
    fixture.journal.held = [];
    await fixture.price('23500');
    halt(fixture);
    await fixture.releaseCommits();
    await fixture.clock.advance(minute);
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.task.state).toBe('IDLE.watching');
  });

  test('is told of a halt once', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    fixture.account.cancel = () => new Promise(() => {});
    halt(fixture);
    const { length } = fixture.journal.records;
    halt(fixture);
    expect(fixture.journal.records).toHaveLength(length);
  });

  test('goes on for nobody who takes a pause back', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [stayOpen];
    await fixture.price('23500');
    fixture.task.send({ type: 'PAUSE', commandId: 'p' });
    halt(fixture);
    fixture.task.send({ type: 'RESUME', commandId: 'r' });
    await fixture.clock.advance(minute);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(closings(fixture)).toHaveLength(1);
  });
});

describe('a roll of which a part is closed', () => {
  async function partlyClosed(): Promise<TaskFixture> {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [fillPart('0.1'), fillAll];
    await fixture.price('23500');
    halt(fixture);
    await fixture.clock.advance(minute);
    return fixture;
  }

  test('opens as much, sends nothing more of leg 1, and waits', async () => {
    const fixture = await partlyClosed();
    expect(fixture.account.submitted.map(({ linkId, qty }) => `${linkId} ${qty}`)).toEqual([
      'close-task000001-v1 0.3',
      'open-task000001-v1 0.1',
    ]);
    expect(fixture.task.state).toBe('ROLL_INITIATED.halted');
    await expectHedged(fixture);
    await fixture.clock.advance(60 * minute);
    expect(fixture.account.submitted).toHaveLength(2);
  });

  test('rolls the rest once the halt is lifted, also after a restart', async () => {
    const fixture = await partlyClosed();
    fixture.restart();
    await fixture.clock.advance(minute);
    expect(fixture.account.submitted).toHaveLength(2);
    lift(fixture);
    await fixture.clock.advance(minute);
    expect(fixture.task.context).toMatchObject({
      roll: null,
      rollsDone: 1,
      held: { symbol: call(25000), qty: '0.3' },
    });
  });

  test('is ended by a person meanwhile', async () => {
    const fixture = await partlyClosed();
    fixture.task.send({ type: 'ACCEPT_FLAT', commandId: 'c' });
    await fixture.clock.advance(0);
    expect(fixture.task.state).toBe('COMPLETED');
  });
});

test('a structure of which one leg is closed opens that one again, and the roll is over', async () => {
  const fixture = fixtureOf(condor, { roll: { strike: '1 step away', expiry: 'next-monthly' } });
  fixture.account.behaviours = [fillAll, stayOpen, fillAll];
  await fixture.price('23500');
  halt(fixture);
  await fixture.clock.advance(minute);
  expect(closings(fixture)).toHaveLength(2);
  await expectHedged(fixture);
  expect(fixture.task.context).toMatchObject({ roll: null, lastRoll: { compensated: true } });
});

const stories: Readonly<Record<string, readonly Behaviour[]>> = {
  'filled at once': [fillAll],
  'filled in parts': [fillPart('0.1'), fillPart('0.1', 'cancelled'), fillPart('0.1'), fillAll],
  'with a lost answer': [fillWithLostAnswer, fillWithLostAnswer, fillAll],
  'left open': [stayOpen, stayOpen, fillAll],
  'refused at first': [refuseWith(new Error('away')), fillAll, refuseWith(new Error('away')), fillAll],
};
const options = {
  'one option': (): TaskFixture => new TaskFixture(),
  'a strangle': () => fixtureOf(strangle, { roll: { strike: '1 step away', expiry: 'next-monthly' } }),
  'a spread': () => fixtureOf(callSpread, { roll: { strike: '+1000' } }),
  'a spread that is closed': () => fixtureOf(callSpread, 'close'),
};

/** Rolls, and does this as soon as the n-th record is committed. */
async function haltAt(
  make: () => TaskFixture,
  behaviours: readonly Behaviour[],
  at: { readonly record: number; readonly isKilled: boolean },
): Promise<{ fixture: TaskFixture; closedBefore: readonly string[] } | null> {
  const fixture = make();
  fixture.account.behaviours = [...behaviours];
  const commit = fixture.journal.commit.bind(fixture.journal);
  const seen: { closedBefore: readonly string[] | null } = { closedBefore: null };
  let life = 0;
  let last = Promise.resolve();
  // One after the other; what a daemon had not committed when it was killed never is.
  fixture.journal.commit = (record) => {
    const own = life;
    return new Promise((committed, failed) => {
      last = last.then(async () => {
        if (own !== life) return;
        await commit(record).catch(failed);
        const isTheTime = fixture.journal.records.length === at.record;
        if (isTheTime && at.isKilled) {
          life += 1;
          fixture.restart();
        } else committed();
        if (!isTheTime) return;
        halt(fixture);
        seen.closedBefore = closings(fixture);
      });
    });
  };
  await fixture.price('23500');
  await fixture.clock.advance(15 * minute);
  return seen.closedBefore === null ? null : { fixture, closedBefore: seen.closedBefore };
}

describe.each(Object.keys(options))('%s', (name) => {
  const make = options[name as keyof typeof options];
  test.each(Object.entries(stories))('%s, halted at every commit, ends hedged', async (_, behaviours) => {
    let halts = 0;
    for (const isKilled of [false, true])
      for (let record = 1; record <= 14; record += 1) {
        const after = await haltAt(make, behaviours, { record, isKilled });
        if (after === null) break;
        halts += 1;
        const { fixture, closedBefore } = after;
        expect([record, isKilled, new Set(closings(fixture))]).toEqual([
          record,
          isKilled,
          new Set(closedBefore),
        ]);
        await expectHedged(fixture);
        lift(fixture);
        fixture.account.behaviours = [fillAll];
        await fixture.clock.advance(15 * minute);
        expect(fixture.lost).toEqual([]);
        expect(fixture.task.state).not.toMatch(/halted/);
        await expectHedged(fixture);
      }
    expect(halts).toBeGreaterThan(3);
  });
});
