/**
 * A task of a daemon that asks before it trades: its question is answered by commands, once; the account can be given back
 * while it stands; and prices that come meanwhile wake the task for its other rules alone.
 */
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/ports/inbox.ts';
import { storedTask } from './memory-store.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';

const minute = 60_000;
const command = (commandId: string, kind: 'approve' | 'decline', payload: unknown = null): Command => ({
  commandId,
  accountId: '1',
  taskId: 'a',
  kind,
  askedBy: 'user:7',
  payload,
});

async function asked(spec: object = {}): Promise<SupervisorFixture> {
  const fixture = new SupervisorFixture();
  fixture.store.keep(storedTask('a', { approval: { timeout: '1h' }, ...spec }));
  await fixture.during(fixture.supervisor.claim());
  await fixture.tick('23500');
  expect(fixture.store.stateOf('a')).toBe('IDLE.awaitingApproval');
  return fixture;
}

const say = (fixture: SupervisorFixture, ...commands: Command[]): Promise<void> => {
  fixture.store.commands.push(...commands);
  return fixture.during(fixture.supervisor.workInbox());
};

describe('a question of a task', () => {
  test('is answered by a command, with who it was in the journal, and by no second one', async () => {
    const fixture = await asked();
    const approvalId = fixture.store.contextOf('a').question?.approvalId;
    await say(fixture, command('c1', 'approve', { approvalId }), command('c2', 'decline'));
    await fixture.clock.advance(minute);
    const { records, answers } = fixture.store;
    expect(fixture.links).toHaveLength(2);
    expect(records.map(({ eventJson }) => eventJson).join()).toContain('"askedBy":"user:7"');
    expect(answers).toMatchObject([
      { commandId: 'c1', status: 'done' },
      { commandId: 'c2', status: 'refused', text: expect.stringContaining('approved by user 7') as string },
    ]);
  });

  test('is not answered by what is no answer', async () => {
    const fixture = await asked();
    await say(fixture, command('c1', 'approve', { approvalId: 5 }), command('c2', 'approve', { yes: true }));
    expect(fixture.store.answers.map(({ status }) => status)).toEqual(['refused', 'refused']);
    expect(fixture.store.stateOf('a')).toBe('IDLE.awaitingApproval');
  });

  test('is no roll under way: the daemon stops at once, and the next one goes on waiting', async () => {
    const fixture = await asked();
    expect(fixture.supervisor.rollsUnderWay()).toEqual([]);
    await fixture.during(fixture.supervisor.drain(minute), 0);
    await fixture.during(fixture.supervisor.stop(), 0);
    const next = new SupervisorFixture();
    next.store.keep({ ...storedTask('a'), ...fixture.store.tasks.get('a') });
    await next.clock.advance(2_000);
    await next.during(next.supervisor.claim());
    await next.tick('23600');
    expect(next.store.stateOf('a')).toBe('IDLE.awaitingApproval');
    await say(next, command('c1', 'approve'));
    await next.clock.advance(minute);
    expect(next.links).toHaveLength(2);
  });

  test('is left alone by a hundred prices on which only its own rule is due', async () => {
    const fixture = await asked();
    const before = fixture.store.records.length;
    for (let price = 23_500; price < 23_600; price += 1) {
      await fixture.clock.advance(1_000);
      await fixture.tick(String(price));
    }
    expect(fixture.store.records).toHaveLength(before);
  });

  test('gives way to another rule whose level is reached, and to one that has to hold for a while', async () => {
    const fixture = await asked({
      rules: [
        { when: { index: { above: 23_500 } }, then: { roll: 1000 } },
        { when: { index: { above: 23_700, for: '30s' } }, then: 'close', approval: 'none' },
      ],
    });
    for (const price of ['23700', '23690', '23710', '23650', '23700']) {
      await fixture.tick(price);
      await fixture.clock.advance(20_000);
    }
    expect(fixture.links).toEqual([]);
    await fixture.clock.advance(15_000);
    expect(fixture.links).toHaveLength(1);
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
  });
});
