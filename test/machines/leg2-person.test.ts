/** A person always has a way out: retry, reopen and accept-flat while a roll is under way, never with two orders alive. */
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, fillWithLostAnswer, stayOpen, TaskFixture } from '../support/task-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { afterLeg1, call24, call25, noMargin } from './leg2-fixture.ts';

type Ask = 'RETRY' | 'REOPEN' | 'ACCEPT_FLAT';

async function ask(fixture: TaskFixture, type: Ask, forMs = 0): Promise<string> {
  let text = 'no answer';
  fixture.task.send({ type, commandId: 'c1' }, ({ turn }) => {
    const [answer] = turn.answers;
    if (answer) text = `${answer.status}: ${answer.text}`;
  });
  await fixture.clock.advance(forMs);
  return text;
}

const opened = (fixture: TaskFixture) =>
  fixture.account.submitted
    .filter(({ linkId }) => linkId.startsWith('open-'))
    .map(({ symbol, qty }) => `${qty} ${symbol}`);
const lastState = (fixture: TaskFixture) => fixture.states.at(-1);
const alive = ({ account }: TaskFixture) =>
  [...account.orders.values()].filter(({ report }) => report.status === 'open').length;

describe('while leg 2 waits for its next try', () => {
  test('retry tries at once, with every try to come and every option again', async () => {
    const fixture = await afterLeg1([noMargin], { leg2: { fallback: 'reopenLeg1', attempts: 12 } });
    await fixture.clock.advance(5 * minuteMs);
    expect(fixture.task.context.roll?.failedTries).toBeGreaterThan(5);
    fixture.account.behaviours = [fillAll];
    expect(await ask(fixture, 'RETRY')).toBe('done: trying again now, as if for the first time');
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, wish: null, held: { symbol: call25 } });
  });

  test('reopen goes back to the old option', async () => {
    const fixture = await afterLeg1([noMargin, fillAll]);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    expect(await ask(fixture, 'REOPEN')).toBe(`done: opening ${call24} again`);
    expect(opened(fixture)).toEqual([`0.3 ${call25}`, `0.3 ${call24}`]);
    expect(fixture.task.context).toMatchObject({ rollsDone: 0, held: { symbol: call24, qty: '0.3' } });
  });

  test('reopen is refused where a part is open at the new option, and says why', async () => {
    const fixture = await afterLeg1([fillPart('0.1', 'cancelled'), noMargin]);
    const before = fixture.journal.records.length;
    expect(await ask(fixture, 'REOPEN')).toBe(
      `refused: ${call24} is not opened again: 0.1 is open there already`,
    );
    expect(fixture.journal.records).toHaveLength(before);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
  });

  test('accept-flat ends the task and says what is missing and what is open', async () => {
    const fixture = await afterLeg1([fillPart('0.1', 'cancelled'), noMargin]);
    expect(await ask(fixture, 'ACCEPT_FLAT')).toBe(
      `done: left as it is: 0.1 ${call25} opened, 0.2 of ${call25} is missing (closed 0.3 ${call24}); the task is over`,
    );
    expect(lastState(fixture)).toBe('COMPLETED');
    expect(fixture.alerts.at(-1)).toMatchObject({
      severity: 'warning',
      text: expect.stringContaining(`0.2 of ${call25} is missing`) as string,
    });
    await fixture.clock.advance(60 * minuteMs);
    expect(opened(fixture)).toHaveLength(1);
  });

  test('none of them waits for an answer of the exchange that never comes', async () => {
    for (const [type, state] of [
      ['ACCEPT_FLAT', 'COMPLETED'],
      ['REOPEN', 'LEG2_OPENING.replanning'],
      ['RETRY', 'LEG2_OPENING.replanning'],
    ] as const) {
      const fixture = await afterLeg1([noMargin]);
      fixture.market.chain = () => new Promise(() => {});
      fixture.market.quotes = () => new Promise(() => {});
      await fixture.clock.advance(1_000);
      expect(fixture.task.state).toBe('LEG2_OPENING.replanning');
      await ask(fixture, type);
      expect(lastState(fixture)).toBe(state);
    }
  });
});

describe('while an order of leg 2 is being worked', () => {
  const spec = { execution: { deadline: '3h' } };

  test('retry lets it go on, and what it leaves is tried again at once', async () => {
    const fixture = await afterLeg1([stayOpen, fillAll], { execution: { deadline: '1m' } });
    expect(await ask(fixture, 'RETRY')).toBe(
      'done: order open-task000001-v1 is being worked; if it ends short of its quantity, it is tried again at once, as if for the first time',
    );
    expect(opened(fixture)).toHaveLength(1);
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture)).toHaveLength(2);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('reopen ends it first, and only then opens the old option', async () => {
    const fixture = await afterLeg1([stayOpen, fillAll], spec);
    expect(await ask(fixture, 'REOPEN')).toBe(
      `done: order open-task000001-v1 to Sell ${call25} is ended first; if it has opened nothing by then, ${call24} is opened again, else the rest follows at ${call25}`,
    );
    await fixture.clock.advance(10_000);
    expect(fixture.account.cancelled).toEqual(['open-task000001-v1']);
    expect(fixture.task.context).toMatchObject({ rollsDone: 0, held: { symbol: call24, qty: '0.3' } });
  });

  test('reopen comes too late for what it has opened, and says so', async () => {
    const fixture = await afterLeg1([fillPart('0.1'), fillAll], spec);
    await ask(fixture, 'REOPEN', 10_000);
    expect(opened(fixture)).toEqual([`0.3 ${call25}`, `0.2 ${call25}`]);
    expect(
      fixture.alerts.some(({ text }) => text.includes(`${call24} is not opened again: 0.1 is open there`)),
    ).toBe(true);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });

  test('accept-flat ends it first and keeps what it has opened', async () => {
    const fixture = await afterLeg1([fillPart('0.1')], spec);
    expect(await ask(fixture, 'ACCEPT_FLAT')).toContain('is ended first; what it has traded by then stays');
    await fixture.clock.advance(10_000);
    expect(lastState(fixture)).toBe('COMPLETED');
    expect(alive(fixture)).toBe(0);
    expect(opened(fixture)).toHaveLength(1);
    expect(fixture.alerts.at(-1)?.text).toContain(`0.1 ${call25} opened, 0.2 of ${call25} is missing`);
  });

  test('accept-flat of an order that filled meanwhile is a roll like any other', async () => {
    const fixture = await afterLeg1([stayOpen], spec);
    fixture.account.cancel = async ({ linkId }) => {
      fixture.account.fill(linkId, '0.3');
      await Promise.resolve();
    };
    await ask(fixture, 'ACCEPT_FLAT', 10_000);
    expect(fixture.task.state).toMatch(/^IDLE/);
    expect(fixture.task.context).toMatchObject({
      rollsDone: 1,
      wish: null,
      held: { symbol: call25, qty: '0.3' },
    });
  });

  test('accept-flat waits for an order with an unknown outcome', async () => {
    const fixture = await afterLeg1([
      (order, account) => {
        account.isBlind = true;
        account.accept(order);
        throw new Error('socket hang up');
      },
    ]);
    await ask(fixture, 'ACCEPT_FLAT', 5_000);
    expect(fixture.task.state).toBe('LEG2_OPENING.opening');
    fixture.account.isBlind = false;
    await fixture.clock.advance(2 * minuteMs);
    expect(lastState(fixture)).toBe('COMPLETED');
    expect(alive(fixture)).toBe(0);
  });

  test.each(['REOPEN', 'ACCEPT_FLAT'] as const)('%s is not forgotten by a daemon that dies', async (type) => {
    const fixture = await afterLeg1([stayOpen, fillAll], spec);
    await ask(fixture, type);
    const asked = fixture.journal.records.findIndex(({ eventJson }) => eventJson.includes(type));
    expect(asked).toBeGreaterThan(0);
    for (let crashAt = asked + 1; crashAt <= asked + 4; crashAt += 1) {
      const again = new TaskFixture({ spec });
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
    const fixture = await afterLeg1([stayOpen, fillAll], spec);
    fixture.task.send({ type: 'ACCEPT_FLAT', commandId: 'c1' });
    fixture.task.send({ type: 'RETRY', commandId: 'c2' });
    await fixture.clock.advance(10_000);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });
});

describe('while leg 1 is under way', () => {
  /** A part is rolled; the rest of the old option cannot be read. */
  async function halfRolled(): Promise<TaskFixture> {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [
      fillPart('0.1', 'cancelled'),
      (order, account) => {
        fixture.market.isAway = true;
        return fillAll(order, account);
      },
    ];
    await fixture.price('23500');
    await fixture.clock.advance(10 * minuteMs);
    expect(fixture.task.state).toBe('ROLL_INITIATED.backingOff');
    return fixture;
  }

  test('accept-flat leaves both parts where they are', async () => {
    const fixture = await halfRolled();
    expect(await ask(fixture, 'ACCEPT_FLAT')).toBe(
      `done: left as it is: 0.2 ${call24} still held, 0.1 ${call25} opened; the task is over`,
    );
    expect(lastState(fixture)).toBe('COMPLETED');
  });

  test('retry tries at once, and reopen is refused', async () => {
    const fixture = await halfRolled();
    expect(await ask(fixture, 'REOPEN')).toContain('refused: ');
    fixture.market.isAway = false;
    fixture.account.behaviours = [fillAll];
    expect(await ask(fixture, 'RETRY')).toContain('trying again now');
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
  });

  test('accept-flat ends an order of leg 1 first, and says what it has closed', async () => {
    const fixture = new TaskFixture({ spec: { execution: { deadline: '3h' } } });
    fixture.account.behaviours = [fillPart('0.1')];
    await fixture.price('23500');
    await ask(fixture, 'ACCEPT_FLAT', 10_000);
    expect(lastState(fixture)).toBe('COMPLETED');
    expect(alive(fixture)).toBe(0);
    expect(opened(fixture)).toHaveLength(0);
    expect(fixture.alerts.at(-1)?.text).toContain(`0.2 ${call24} still held, 0.1 of ${call25} is missing`);
  });

  test('retry of an order of leg 1 that closed nothing plans again', async () => {
    const fixture = new TaskFixture({ spec: { execution: { deadline: '1m' } } });
    fixture.account.behaviours = [stayOpen, fillAll];
    await fixture.price('23500');
    await ask(fixture, 'RETRY', 2 * minuteMs);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('an unheard fill counts before anything is left as it is', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [
      (order, account) => {
        account.isBlind = true;
        return fillWithLostAnswer(order, account);
      },
    ];
    await fixture.price('23500');
    await ask(fixture, 'ACCEPT_FLAT', 5_000);
    expect(fixture.task.state).toBe('ROLL_INITIATED.closingLeg1');
    fixture.account.isBlind = false;
    await fixture.clock.advance(2 * minuteMs);
    expect(lastState(fixture)).toBe('COMPLETED');
    expect(fixture.alerts.at(-1)?.text).toContain(`0.3 of ${call25} is missing`);
  });
});

test('nothing of it is taken by a task that is not rolling', async () => {
  const fixture = new TaskFixture();
  for (const type of ['RETRY', 'REOPEN', 'ACCEPT_FLAT'] as const)
    expect(await ask(fixture, type)).toBe('no answer');
});

test('a pause that comes after a retry holds, once the order that trades nothing has ended', async () => {
  const fixture = new TaskFixture({ spec: { execution: { deadline: '10s' } } });
  fixture.account.behaviours = [stayOpen];
  await fixture.price('23500');
  await ask(fixture, 'RETRY');
  fixture.task.send({ type: 'PAUSE', commandId: 'c2' });
  await fixture.clock.advance(minuteMs);
  expect(lastState(fixture)).toBe('PAUSED');
  expect(fixture.account.submitted).toHaveLength(1);
  expect(fixture.task.context.roll).toBeNull();
});
