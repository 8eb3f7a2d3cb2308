/** The promises of one task's turns, each broken on purpose: gate, conflict, restart anywhere, replay. */
import { describe, expect, test } from 'vitest';
import { Conflict, Terminal } from '../../src/domain/errors.ts';
import { sendWithinMs } from '../../src/domain/orders/write-window.ts';
import { expectReplay, rowsOf } from '../support/replayed.ts';
import {
  fillAll,
  fillPart,
  fillUnheard,
  refuseWith,
  stayOpen,
  TaskBench,
  type Behaviour,
} from '../support/task-bench.ts';

describe('the write-ahead gate', () => {
  test('lets no order out before the turn that decided it is committed', async () => {
    const bench = new TaskBench();
    bench.journal.held = [];
    await bench.price('23500');
    await bench.clock.advance(60_000);
    expect(bench.account.submitted).toEqual([]);
    await bench.releaseCommits();
    await bench.clock.advance(1_000);
    expect(bench.account.submitted).toHaveLength(2);
  });

  test('that opened too late lets nothing out: the order is decided anew, under a fresh commit', async () => {
    const { bench, wake } = await stoppedBeforeItsOrderLeft();
    const decided = bench.journal.records.length;
    await bench.clock.advance(sendWithinMs + 1);
    wake();
    await bench.clock.advance(1_000);
    expect(bench.states.slice(decided, decided + 2)).toEqual(Array(2).fill('ROLL_INITIATED.closingLeg1'));
    expect(bench.account.submitted.map(({ linkId }) => linkId)).toEqual([
      'close-task000001-v1',
      'open-task000001-v1',
    ]);
  });

  test('that opened too late ends a daemon that was fenced meanwhile: one commit, and no order', async () => {
    const { bench, wake } = await stoppedBeforeItsOrderLeft();
    await bench.clock.advance(sendWithinMs + 1);
    bench.journal.version += 1;
    const decided = bench.journal.records.length;
    wake();
    await bench.clock.advance(600_000);
    expect(bench.account.submitted).toEqual([]);
    expect(bench.lost).toEqual([expect.any(Conflict)]);
    expect(bench.journal.records).toHaveLength(decided);
  });

  test('stays shut for a daemon that no longer owns the task', async () => {
    const bench = new TaskBench();
    bench.journal.version = 7;
    await bench.price('23500');
    await bench.clock.advance(600_000);
    expect(bench.account.submitted).toEqual([]);
    expect(bench.lost).toHaveLength(1);
    expect(bench.lost[0]).toBeInstanceOf(Conflict);
  });
});

/** A daemon that stands still once its first order is committed, until it is woken. */
async function stoppedBeforeItsOrderLeft(): Promise<{ bench: TaskBench; wake: () => void }> {
  const bench = new TaskBench();
  const stop: { end?: () => void } = {};
  const commit = bench.journal.commit.bind(bench.journal);
  bench.journal.commit = async (record) => {
    await commit(record);
    if (record.state === 'ROLL_INITIATED.closingLeg1' && !stop.end)
      await new Promise<void>((resolve) => (stop.end = resolve));
  };
  await bench.price('23500');
  expect(bench.states.at(-1)).toBe('ROLL_INITIATED.closingLeg1');
  return { bench, wake: () => stop.end?.() };
}

/** Two markets: one that fills at once, one where every answer of an order is lost. */
const markets: Record<string, Behaviour[]> = {
  'orders fill at once': [fillAll],
  'every acknowledgement is lost': [fillUnheard],
  'orders fill in parts': [fillPart('0.1', 'cancelled'), fillAll],
};

describe.each(Object.entries(markets))('a daemon that dies and comes back, where %s', (_, behaviours) => {
  test('after any committed record places each order once and ends the roll', async () => {
    const whole = new TaskBench();
    whole.account.behaviours = [...behaviours];
    await whole.price('23500');
    await whole.clock.advance(60_000);
    expect(whole.task.context.rollsDone).toBe(1);
    for (let crashAt = 1; crashAt <= whole.journal.records.length; crashAt += 1) {
      const bench = new TaskBench();
      bench.account.behaviours = [...behaviours];
      bench.crashAfter(crashAt);
      await bench.price('23500');
      await bench.clock.advance(60_000);
      expect(summary(bench), `crash after record ${crashAt}`).toEqual(summary(whole));
    }
  });
});

const summary = ({ account, task }: TaskBench) => ({
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
      const bench = new TaskBench();
      bench.account.behaviours = [...behaviours];
      await bench.price('23500');
      await bench.clock.advance(130_000);
      expect(bench.journal.records.length).toBeGreaterThan(5);
      expectReplay(rowsOf(bench.created, bench.journal.records)).toReach(bench.task.state);
    },
  );

  test('an event that changes nothing leaves no record', async () => {
    const bench = new TaskBench();
    await bench.price('20000');
    expect(bench.journal.records).toEqual([]);
  });

  test('one stimulus is one record, also when several arrive in one synchronous stretch', async () => {
    const bench = new TaskBench({ spec: { trigger: { index: { above: 23500, for: '5s' } } } });
    bench.task.send({ type: 'PRICE', readings: { index: '23500' } });
    bench.task.send({ type: 'PRICE', readings: { index: '23400' } });
    bench.task.send({ type: 'PRICE', readings: { index: '23600' } });
    await bench.clock.advance(0);
    expect(bench.states).toEqual(['IDLE.confirming', 'IDLE.watching', 'IDLE.confirming']);
  });
});
