/** A person always has a way out: retry, reopen and accept-flat while a roll is under way, never with two orders alive. */
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import {
  fillAll,
  fillPart,
  fillUnheard,
  refuseWith,
  stayOpen,
  TaskBench,
  type Behaviour,
} from '../support/task-bench.ts';

const call24 = 'BTC-31MAR23-24000-C-USDT';
const call25 = 'BTC-31MAR23-25000-C-USDT';
const minuteMs = 60_000;
const noMargin = refuseWith(new Terminal('margin is short', { code: '110007', scope: 'margin' }));

type Ask = 'RETRY' | 'REOPEN' | 'ACCEPT_FLAT';

/** A task whose old option is closed and whose leg 2 meets `behaviours`. */
async function afterLeg1(behaviours: Behaviour[], spec: object = {}): Promise<TaskBench> {
  const bench = new TaskBench({ spec });
  bench.account.behaviours = [fillAll, ...behaviours];
  await bench.price('23500');
  return bench;
}

async function ask(bench: TaskBench, type: Ask, forMs = 0): Promise<string> {
  let text = 'no answer';
  bench.task.send({ type, commandId: 'c1' }, ({ turn }) => {
    const [answer] = turn.answers;
    if (answer) text = `${answer.status}: ${answer.text}`;
  });
  await bench.clock.advance(forMs);
  return text;
}

const opened = (bench: TaskBench) =>
  bench.account.submitted
    .filter(({ linkId }) => linkId.startsWith('open-'))
    .map(({ symbol, qty }) => `${qty} ${symbol}`);
const lastState = (bench: TaskBench) => bench.states.at(-1);
const alive = ({ account }: TaskBench) =>
  [...account.orders.values()].filter(({ report }) => report.status === 'open').length;

describe('while leg 2 waits for its next try', () => {
  test('retry tries at once, with every try to come and every option again', async () => {
    const bench = await afterLeg1([noMargin], { leg2: { fallback: 'reopenLeg1', attempts: 12 } });
    await bench.clock.advance(5 * minuteMs);
    expect(bench.task.context.roll?.failedTries).toBeGreaterThan(5);
    bench.account.behaviours = [fillAll];
    expect(await ask(bench, 'RETRY')).toBe('done: trying again now, as if for the first time');
    expect(bench.task.context).toMatchObject({ rollsDone: 1, wish: null, held: { symbol: call25 } });
  });

  test('reopen goes back to the old option', async () => {
    const bench = await afterLeg1([noMargin, fillAll]);
    expect(bench.task.state).toBe('LEG2_OPENING.backingOff');
    expect(await ask(bench, 'REOPEN')).toBe(`done: opening ${call24} again`);
    expect(opened(bench)).toEqual([`0.3 ${call25}`, `0.3 ${call24}`]);
    expect(bench.task.context).toMatchObject({ rollsDone: 0, held: { symbol: call24, qty: '0.3' } });
  });

  test('reopen is refused where a part is open at the new option, and says why', async () => {
    const bench = await afterLeg1([fillPart('0.1', 'cancelled'), noMargin]);
    const before = bench.journal.records.length;
    expect(await ask(bench, 'REOPEN')).toBe(
      `refused: ${call24} is not opened again: 0.1 is open there already`,
    );
    expect(bench.journal.records).toHaveLength(before);
    expect(bench.task.state).toBe('LEG2_OPENING.backingOff');
  });

  test('accept-flat ends the task and says what is missing and what is open', async () => {
    const bench = await afterLeg1([fillPart('0.1', 'cancelled'), noMargin]);
    expect(await ask(bench, 'ACCEPT_FLAT')).toBe(
      `done: left as it is: 0.1 ${call25} opened, 0.2 of ${call25} is missing (closed 0.3 ${call24}); the task is over`,
    );
    expect(lastState(bench)).toBe('COMPLETED');
    expect(bench.alerts.at(-1)).toMatchObject({
      severity: 'warning',
      text: expect.stringContaining(`0.2 of ${call25} is missing`) as string,
    });
    await bench.clock.advance(60 * minuteMs);
    expect(opened(bench)).toHaveLength(1);
  });

  test('none of them waits for an answer of the exchange that never comes', async () => {
    for (const [type, state] of [
      ['ACCEPT_FLAT', 'COMPLETED'],
      ['REOPEN', 'LEG2_OPENING.replanning'],
      ['RETRY', 'LEG2_OPENING.replanning'],
    ] as const) {
      const bench = await afterLeg1([noMargin]);
      bench.market.chain = () => new Promise(() => {});
      bench.market.quotes = () => new Promise(() => {});
      await bench.clock.advance(1_000);
      expect(bench.task.state).toBe('LEG2_OPENING.replanning');
      await ask(bench, type);
      expect(lastState(bench)).toBe(state);
    }
  });
});

describe('while an order of leg 2 is being worked', () => {
  const spec = { execution: { deadline: '3h' } };

  test('retry lets it go on, and what it leaves is tried again at once', async () => {
    const bench = await afterLeg1([stayOpen, fillAll], { execution: { deadline: '1m' } });
    expect(await ask(bench, 'RETRY')).toBe(
      'done: order open-task000001-v1 is being worked; if it ends short of its quantity, it is tried again at once, as if for the first time',
    );
    expect(opened(bench)).toHaveLength(1);
    await bench.clock.advance(minuteMs);
    expect(opened(bench)).toHaveLength(2);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('reopen ends it first, and only then opens the old option', async () => {
    const bench = await afterLeg1([stayOpen, fillAll], spec);
    expect(await ask(bench, 'REOPEN')).toBe(
      `done: order open-task000001-v1 to Sell ${call25} is ended first; if it has opened nothing by then, ${call24} is opened again, else the rest follows at ${call25}`,
    );
    await bench.clock.advance(10_000);
    expect(bench.account.cancelled).toEqual(['open-task000001-v1']);
    expect(bench.task.context).toMatchObject({ rollsDone: 0, held: { symbol: call24, qty: '0.3' } });
  });

  test('reopen comes too late for what it has opened, and says so', async () => {
    const bench = await afterLeg1([fillPart('0.1'), fillAll], spec);
    await ask(bench, 'REOPEN', 10_000);
    expect(opened(bench)).toEqual([`0.3 ${call25}`, `0.2 ${call25}`]);
    expect(
      bench.alerts.some(({ text }) => text.includes(`${call24} is not opened again: 0.1 is open there`)),
    ).toBe(true);
    expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });

  test('accept-flat ends it first and keeps what it has opened', async () => {
    const bench = await afterLeg1([fillPart('0.1')], spec);
    expect(await ask(bench, 'ACCEPT_FLAT')).toContain('is ended first; what it has traded by then stays');
    await bench.clock.advance(10_000);
    expect(lastState(bench)).toBe('COMPLETED');
    expect(alive(bench)).toBe(0);
    expect(opened(bench)).toHaveLength(1);
    expect(bench.alerts.at(-1)?.text).toContain(`0.1 ${call25} opened, 0.2 of ${call25} is missing`);
  });

  test('accept-flat of an order that filled meanwhile is a roll like any other', async () => {
    const bench = await afterLeg1([stayOpen], spec);
    bench.account.cancel = async ({ linkId }) => {
      bench.account.fill(linkId, '0.3');
      await Promise.resolve();
    };
    await ask(bench, 'ACCEPT_FLAT', 10_000);
    expect(bench.task.state).toMatch(/^IDLE/);
    expect(bench.task.context).toMatchObject({
      rollsDone: 1,
      wish: null,
      held: { symbol: call25, qty: '0.3' },
    });
  });

  test('accept-flat waits for an order whose fate nobody knows', async () => {
    const bench = await afterLeg1([
      (order, account) => {
        account.isBlind = true;
        account.accept(order);
        throw new Error('socket hang up');
      },
    ]);
    await ask(bench, 'ACCEPT_FLAT', 5_000);
    expect(bench.task.state).toBe('LEG2_OPENING.opening');
    bench.account.isBlind = false;
    await bench.clock.advance(2 * minuteMs);
    expect(lastState(bench)).toBe('COMPLETED');
    expect(alive(bench)).toBe(0);
  });

  test.each(['REOPEN', 'ACCEPT_FLAT'] as const)('%s is not forgotten by a daemon that dies', async (type) => {
    const bench = await afterLeg1([stayOpen, fillAll], spec);
    await ask(bench, type);
    const asked = bench.journal.records.findIndex(({ eventJson }) => eventJson.includes(type));
    expect(asked).toBeGreaterThan(0);
    for (let crashAt = asked + 1; crashAt <= asked + 4; crashAt += 1) {
      const again = new TaskBench({ spec });
      again.account.behaviours = [fillAll, stayOpen, fillAll];
      again.crashAfter(crashAt);
      await again.price('23500');
      await ask(again, type, 4 * minuteMs);
      expect(alive(again)).toBe(0);
      expect(lastState(again), `crash after ${crashAt}`).toBe(
        type === 'ACCEPT_FLAT' ? 'COMPLETED' : 'IDLE.coolingDown',
      );
    }
  });

  test('the last word counts', async () => {
    const bench = await afterLeg1([stayOpen, fillAll], spec);
    bench.task.send({ type: 'ACCEPT_FLAT', commandId: 'c1' });
    bench.task.send({ type: 'RETRY', commandId: 'c2' });
    await bench.clock.advance(10_000);
    expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });
});

describe('while leg 1 is under way', () => {
  /** A part is rolled; the rest of the old option cannot be read. */
  async function halfRolled(): Promise<TaskBench> {
    const bench = new TaskBench();
    bench.account.behaviours = [
      fillPart('0.1', 'cancelled'),
      (order, account) => {
        bench.market.isAway = true;
        return fillAll(order, account);
      },
    ];
    await bench.price('23500');
    await bench.clock.advance(10 * minuteMs);
    expect(bench.task.state).toBe('ROLL_INITIATED.backingOff');
    return bench;
  }

  test('accept-flat leaves both parts where they are', async () => {
    const bench = await halfRolled();
    expect(await ask(bench, 'ACCEPT_FLAT')).toBe(
      `done: left as it is: 0.2 ${call24} still held, 0.1 ${call25} opened; the task is over`,
    );
    expect(lastState(bench)).toBe('COMPLETED');
  });

  test('retry tries at once, and reopen is refused', async () => {
    const bench = await halfRolled();
    expect(await ask(bench, 'REOPEN')).toContain('refused: ');
    bench.market.isAway = false;
    bench.account.behaviours = [fillAll];
    expect(await ask(bench, 'RETRY')).toContain('trying again now');
    expect(bench.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });

  test('accept-flat ends an order of leg 1 first, and says what it has closed', async () => {
    const bench = new TaskBench({ spec: { execution: { deadline: '3h' } } });
    bench.account.behaviours = [fillPart('0.1')];
    await bench.price('23500');
    await ask(bench, 'ACCEPT_FLAT', 10_000);
    expect(lastState(bench)).toBe('COMPLETED');
    expect(alive(bench)).toBe(0);
    expect(opened(bench)).toHaveLength(0);
    expect(bench.alerts.at(-1)?.text).toContain(`0.2 ${call24} still held, 0.1 of ${call25} is missing`);
  });

  test('retry of an order of leg 1 that closed nothing plans again', async () => {
    const bench = new TaskBench({ spec: { execution: { deadline: '1m' } } });
    bench.account.behaviours = [stayOpen, fillAll];
    await bench.price('23500');
    await ask(bench, 'RETRY', 2 * minuteMs);
    expect(bench.task.context.rollsDone).toBe(1);
  });

  test('an unheard fill counts before anything is left as it is', async () => {
    const bench = new TaskBench();
    bench.account.behaviours = [
      (order, account) => {
        account.isBlind = true;
        return fillUnheard(order, account);
      },
    ];
    await bench.price('23500');
    await ask(bench, 'ACCEPT_FLAT', 5_000);
    expect(bench.task.state).toBe('ROLL_INITIATED.closingLeg1');
    bench.account.isBlind = false;
    await bench.clock.advance(2 * minuteMs);
    expect(lastState(bench)).toBe('COMPLETED');
    expect(bench.alerts.at(-1)?.text).toContain(`0.3 of ${call25} is missing`);
  });
});

test('nothing of it is taken by a task that is not rolling', async () => {
  const bench = new TaskBench();
  for (const type of ['RETRY', 'REOPEN', 'ACCEPT_FLAT'] as const)
    expect(await ask(bench, type)).toBe('no answer');
});
