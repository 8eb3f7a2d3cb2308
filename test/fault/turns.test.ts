/** The promises of one task's turns, each broken on purpose: gate, conflict, restart anywhere, replay. */
import { describe, expect, test } from 'vitest';
import { Conflict, Terminal } from '../../src/domain/errors.ts';
import { sendWithinMs } from '../../src/domain/orders/write-window.ts';
import { expectReplay, rowsOf } from '../support/replayed.ts';
import {
  fillAll,
  fillPart,
  fillWithLostAnswer,
  refuseWith,
  stayOpen,
  TaskFixture,
  type Behaviour,
} from '../support/task-fixture.ts';

describe('the write-ahead gate', () => {
  test('lets no order out before the turn that decided it is committed', async () => {
    const fixture = new TaskFixture();
    fixture.journal.held = [];
    await fixture.price('23500');
    await fixture.clock.advance(60_000);
    expect(fixture.account.submitted).toEqual([]);
    await fixture.releaseCommits();
    await fixture.clock.advance(1_000);
    expect(fixture.account.submitted).toHaveLength(2);
  });

  test('that opened too late lets nothing out: the order is decided anew, under a fresh commit', async () => {
    const { fixture, wake } = await stoppedBeforeItsOrderLeft();
    const decided = fixture.journal.records.length;
    await fixture.clock.advance(sendWithinMs + 1);
    wake();
    await fixture.clock.advance(1_000);
    expect(fixture.states.slice(decided, decided + 2)).toEqual(Array(2).fill('ROLL_INITIATED.closingLeg1'));
    expect(fixture.account.submitted.map(({ linkId }) => linkId)).toEqual([
      'close-task000001-v1',
      'open-task000001-v1',
    ]);
  });

  test('that opened too late ends a daemon that was fenced meanwhile: one commit, and no order', async () => {
    const { fixture, wake } = await stoppedBeforeItsOrderLeft();
    await fixture.clock.advance(sendWithinMs + 1);
    fixture.journal.version += 1;
    const decided = fixture.journal.records.length;
    wake();
    await fixture.clock.advance(600_000);
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.lost).toEqual([expect.any(Conflict)]);
    expect(fixture.journal.records).toHaveLength(decided);
  });

  test('stays shut for a daemon that no longer owns the task', async () => {
    const fixture = new TaskFixture();
    fixture.journal.version = 7;
    await fixture.price('23500');
    await fixture.clock.advance(600_000);
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.lost).toHaveLength(1);
    expect(fixture.lost[0]).toBeInstanceOf(Conflict);
  });
});

/** A daemon that stands still once its first order is committed, until it is woken. */
async function stoppedBeforeItsOrderLeft(): Promise<{ fixture: TaskFixture; wake: () => void }> {
  const fixture = new TaskFixture();
  const stop: { end?: () => void } = {};
  const commit = fixture.journal.commit.bind(fixture.journal);
  fixture.journal.commit = async (record) => {
    await commit(record);
    if (record.state === 'ROLL_INITIATED.closingLeg1' && !stop.end)
      await new Promise<void>((resolve) => (stop.end = resolve));
  };
  await fixture.price('23500');
  expect(fixture.states.at(-1)).toBe('ROLL_INITIATED.closingLeg1');
  return { fixture, wake: () => stop.end?.() };
}

/** Two markets: one that fills at once, one where every answer of an order is lost. */
const markets: Record<string, Behaviour[]> = {
  'orders fill at once': [fillAll],
  'every acknowledgement is lost': [fillWithLostAnswer],
  'orders fill in parts': [fillPart('0.1', 'cancelled'), fillAll],
};

describe.each(Object.entries(markets))('a daemon that dies and comes back, where %s', (_, behaviours) => {
  test('after any committed record places each order once and ends the roll', async () => {
    const whole = new TaskFixture();
    whole.account.behaviours = [...behaviours];
    await whole.price('23500');
    await whole.clock.advance(60_000);
    expect(whole.task.context.rollsDone).toBe(1);
    for (let crashAt = 1; crashAt <= whole.journal.records.length; crashAt += 1) {
      const fixture = new TaskFixture();
      fixture.account.behaviours = [...behaviours];
      fixture.crashAfter(crashAt);
      await fixture.price('23500');
      await fixture.clock.advance(60_000);
      expect(summary(fixture), `crash after record ${crashAt}`).toEqual(summary(whole));
    }
  });
});

const summary = ({ account, task }: TaskFixture) => ({
  executed: [...account.orders.values()].map(
    ({ request, report }) => `${request.side} ${request.symbol} ${report.executedQty}`,
  ),
  held: task.context.held,
  rollsDone: task.context.rollsDone,
});

describe('the journal', () => {
  const longWays = {
    'orders stay open': [stayOpen],
    'leg 2 is refused until a person is reminded': [fillAll, refuseWith(new Terminal('no margin'))],
  };
  test.each(Object.entries({ ...markets, ...longWays }))(
    'replays byte for byte, where %s',
    async (_, behaviours) => {
      const fixture = new TaskFixture();
      fixture.account.behaviours = [...behaviours];
      await fixture.price('23500');
      await fixture.clock.advance(130_000);
      expect(fixture.journal.records.length).toBeGreaterThan(5);
      expectReplay(rowsOf(fixture.created, fixture.journal.records)).toReach(fixture.task.state);
    },
  );

  test('an event that changes nothing leaves no record', async () => {
    const fixture = new TaskFixture();
    await fixture.price('20000');
    expect(fixture.journal.records).toEqual([]);
  });

  test('one stimulus is one record, also when several arrive in one synchronous stretch', async () => {
    const fixture = new TaskFixture({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    fixture.task.send({ type: 'PRICE', readings: { index: '23500' } });
    fixture.task.send({ type: 'PRICE', readings: { index: '23400' } });
    fixture.task.send({ type: 'PRICE', readings: { index: '23600' } });
    await fixture.clock.advance(0);
    expect(fixture.states).toEqual(['IDLE.confirming', 'IDLE.watching', 'IDLE.confirming']);
  });
});
