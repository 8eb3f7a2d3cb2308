/** Between the legs the trader's position is missing: what the saga does there, for as long as it takes. */
import { describe, expect, test } from 'vitest';
import { fillAll, fillPart, stayOpen, TaskFixture, type Behaviour } from '../support/task-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { call24, call25, call26, noMargin } from './leg2-fixture.ts';

const sent = (fixture: TaskFixture) => fixture.account.submitted;
const opened = (fixture: TaskFixture) => sent(fixture).filter(({ linkId }) => linkId.startsWith('open-'));
/** Closes the old option; what happens in that moment is leg 2's lot. */
const closeAnd =
  (act: () => void): Behaviour =>
  (order, account) => {
    act();
    return fillAll(order, account);
  };

/** A task whose old option is closed while leg 2 meets `market`. */
async function afterLeg1(
  act: (fixture: TaskFixture) => void,
  leg2: object = {},
  behaviours: Behaviour[] = [fillAll],
) {
  const fixture = new TaskFixture({ spec: { leg2 } });
  fixture.account.behaviours = [closeAnd(() => act(fixture)), ...behaviours];
  await fixture.price('23500');
  return fixture;
}

describe('leg 2', () => {
  test('is opened after a restart behind leg 1, whatever the price does', async () => {
    const fixture = new TaskFixture();
    await fixture.price('23500');
    const atLeg1 = fixture.states.indexOf('LEG1_CLOSED.checkpoint');
    expect(atLeg1).toBeGreaterThan(0);
    const fresh = new TaskFixture();
    fresh.journal.records.push(...fixture.journal.records.slice(0, atLeg1 + 1));
    fresh.journal.version = atLeg1 + 2;
    fresh.restart();
    await fresh.price('20000');
    expect(sent(fresh).map(({ linkId, side }) => `${side} ${linkId}`)).toEqual(['Sell open-task000001-v1']);
    expect(fresh.task.context.rollsDone).toBe(1);
  });

  test('is tried again under a new id after waits that grow to a minute', async () => {
    const fixture = new TaskFixture();
    const triedAtMs: number[] = [];
    fixture.account.behaviours = [
      fillAll,
      (order, account) => {
        triedAtMs.push(fixture.clock.nowMs());
        return noMargin(order, account);
      },
    ];
    await fixture.price('23500');
    await fixture.clock.advance(4 * minuteMs);
    const waits = triedAtMs.slice(1).map((atMs, at) => atMs - (triedAtMs[at] ?? 0));
    expect(waits).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000, 60_000]);
    expect(opened(fixture).map(({ linkId }) => linkId)).toEqual(
      triedAtMs.map((_, at) => `open-task000001-v1${at === 0 ? '' : `-a${at + 1}`}`),
    );
  });

  test('keeps trying for hours and opens exactly once when the margin is back', async () => {
    const fixture = await afterLeg1(() => {}, {}, [noMargin]);
    await fixture.clock.advance(3 * 60 * minuteMs);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25, qty: '0.3' } });
    expect(
      [...fixture.account.orders.values()].filter(({ request }) => request.side === 'Sell'),
    ).toHaveLength(1);
  });

  test('waits out an exchange that cannot be reached for an hour, whatever the fallback is', async () => {
    for (const fallback of ['keepTrying', 'reopenLeg1', 'stayFlat']) {
      const fixture = await afterLeg1(({ market }) => (market.isAway = true), { fallback, attempts: 2 });
      await fixture.clock.advance(60 * minuteMs);
      expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
      fixture.market.isAway = false;
      await fixture.clock.advance(minuteMs);
      expect(fixture.task.context, fallback).toMatchObject({ rollsDone: 1, held: { symbol: call25 } });
    }
  });

  test('obeys a pause that was asked for meanwhile only when the position is open again', async () => {
    const fixture = await afterLeg1(() => {}, {}, [noMargin]);
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    await fixture.clock.advance(10 * minuteMs);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.task.context).toMatchObject({ rollsDone: 1, held: { symbol: call25 } });
  });

  test('sends nothing while nothing can be stored, and one order afterwards', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [closeAnd(() => (fixture.journal.held = [])), fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(60 * minuteMs);
    expect(opened(fixture)).toHaveLength(0);
    await fixture.releaseCommits();
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture)).toHaveLength(1);
    expect(fixture.task.context.rollsDone).toBe(1);
  });
});

describe('a target that is lost between the legs', () => {
  test('is replaced by the next strike when its quote is gone, and a person gets an alert', async () => {
    const fixture = await afterLeg1(({ market }) => market.silent.add('25000'));
    expect(sent(fixture).map(({ side, symbol, qty }) => `${side} ${qty} ${symbol}`)).toEqual([
      `Buy 0.3 ${call24}`,
      `Sell 0.3 ${call26}`,
    ]);
    expect(fixture.alerts[1]).toEqual({
      severity: 'warning',
      text: `Leg 2 of task000001-v1 goes to ${call26} instead of ${call25}: no quote for ${call25}.`,
    });
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call26, qty: '0.3' },
      rules: [{ trigger: { level: '25500' } }],
    });
  });

  test('is replaced when it stops trading or is delisted', async () => {
    const halted = await afterLeg1(({ market }) => market.status.set('25000', 'Closed'));
    expect(halted.task.context.held.symbol).toBe(call26);
    const delisted = await afterLeg1(
      ({ market }) => (market.strikes = market.strikes.filter((strike) => strike !== '25000')),
    );
    expect(delisted.task.context.held.symbol).toBe(call26);
  });

  test('brings one alert, however often the replacement is tried', async () => {
    const fixture = await afterLeg1(({ market }) => market.silent.add('25000'), {}, [noMargin]);
    await fixture.clock.advance(10 * minuteMs);
    expect(opened(fixture).length).toBeGreaterThan(8);
    expect(fixture.alerts.filter(({ text }) => text.includes('instead of'))).toHaveLength(1);
  });

  test('is gone back to when it can be traded again', async () => {
    const fixture = await afterLeg1(({ market }) => market.silent.add('25000'), {}, [noMargin, fillAll]);
    fixture.market.silent.clear();
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture).map(({ symbol }) => symbol)).toEqual([call26, call25]);
    expect(fixture.task.context.held.symbol).toBe(call25);
  });

  test('and whose replacement holds a part is not asked for again: the rest of the old option follows there', async () => {
    const fixture = new TaskFixture();
    const closePart: Behaviour = (order, account) => {
      fixture.market.silent.add('25000');
      return fillPart('0.1', 'cancelled')(order, account);
    };
    fixture.account.behaviours = [closePart, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(minuteMs);
    expect(sent(fixture).map(({ side, symbol, qty }) => `${side} ${qty} ${symbol}`)).toEqual([
      `Buy 0.3 ${call24}`,
      `Sell 0.1 ${call26}`,
      `Buy 0.2 ${call24}`,
      `Sell 0.2 ${call26}`,
    ]);
  });

  test('is never left once a part is open there', async () => {
    const fixture = await afterLeg1(() => {}, {}, [fillPart('0.1', 'cancelled'), fillAll]);
    fixture.market.silent.add('25000');
    await fixture.clock.advance(30 * minuteMs);
    expect(opened(fixture)).toHaveLength(1);
    fixture.market.silent.clear();
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture).map(({ symbol, qty }) => `${qty} ${symbol}`)).toEqual([
      `0.3 ${call25}`,
      `0.2 ${call25}`,
    ]);
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.3' });
  });

  test('with all others is waited for when the whole expiry stops trading', async () => {
    const fixture = await afterLeg1(({ market }) => {
      for (const strike of market.strikes) market.status.set(strike, 'Closed');
    });
    await fixture.clock.advance(60 * minuteMs);
    expect(opened(fixture)).toHaveLength(0);
    expect(fixture.task.state).toBe('LEG2_OPENING.backingOff');
    fixture.market.status.clear();
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context.held.symbol).toBe(call25);
  });

  test('that has expired needs a person, with reminders until the flat position is accepted', async () => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const fixture = new TaskFixture({
      spec: { guards: { notBeforeExpiry: '1m' } },
      startMs: expiryMs - 3 * minuteMs,
    });
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    await fixture.clock.advance(20 * minuteMs);
    expect(fixture.task.state).toBe('FAILED');
    const asked = fixture.alerts.findIndex(({ text }) => text.includes('needs a person'));
    expect(fixture.alerts[asked]).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining('options of 2023-03-31 have expired') as string,
    });
    expect(fixture.alerts.slice(asked + 1).map(({ severity }) => severity)).toEqual(['critical']);
    fixture.task.send({ type: 'ACCEPT_FLAT', commandId: 'c1' });
    await fixture.clock.advance(60 * minuteMs);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
    expect(fixture.alerts).toHaveLength(asked + 2);
  });
});

describe('the fallback reopenLeg1', () => {
  const leg2 = { fallback: 'reopenLeg1', attempts: 2 };

  test('opens the old option again and counts no roll', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [noMargin, noMargin, fillAll]);
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture).at(-1)).toMatchObject({
      linkId: 'open-task000001-v1-a3',
      side: 'Sell',
      symbol: call24,
    });
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call24, qty: '0.3' },
      rollsDone: 0,
      roll: null,
    });
  });

  test('keeps trying to go back when that fails too, and never turns round again', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [noMargin]);
    await fixture.clock.advance(90 * minuteMs);
    const symbols = opened(fixture).map(({ symbol }) => symbol);
    expect(symbols.slice(0, 3)).toEqual([call25, call25, call24]);
    expect(new Set(symbols.slice(2))).toEqual(new Set([call24]));
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call24 }, rollsDone: 0, roll: null });
  });

  test('does not go back to a part of the position, keeps trying and says why', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [fillPart('0.1', 'cancelled'), noMargin]);
    await fixture.clock.advance(20 * minuteMs);
    expect(new Set(opened(fixture).map(({ symbol }) => symbol))).toEqual(new Set([call25]));
    const stuck = fixture.alerts.filter(
      ({ severity, text }) => severity === 'critical' && text.includes('is not open'),
    );
    expect(stuck).toHaveLength(1);
    expect(stuck[0]?.text).toContain('0.1 is open there already, so it cannot go back');
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
  });

  test('counts an order without a fill as a failed try', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [stayOpen, stayOpen, fillAll]);
    await fixture.clock.advance(10 * minuteMs);
    expect(opened(fixture).map(({ symbol }) => symbol)).toEqual([call25, call25, call24]);
    expect(fixture.task.context.held.symbol).toBe(call24);
  });
});

describe('the fallback stayFlat', () => {
  const leg2 = { fallback: 'stayFlat', attempts: 2 };

  test('ends the task after its tries and says so', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [noMargin]);
    await fixture.clock.advance(minuteMs);
    expect(opened(fixture)).toHaveLength(2);
    expect(fixture.states.at(-1)).toBe('COMPLETED');
    expect(fixture.alerts.at(-1)).toMatchObject({
      severity: 'critical',
      text: expect.stringContaining('Staying flat') as string,
    });
  });

  test('leaves a half open position to a person, who may have it tried again', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [fillPart('0.1', 'cancelled'), noMargin]);
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toBe('FAILED');
    expect(fixture.alerts.at(-1)?.text).toContain('0.2 of');
    fixture.account.behaviours = [noMargin, fillAll];
    fixture.task.send({ type: 'RETRY', commandId: 'c1' });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
  });

  test('does not apply to a way back that a person chose', async () => {
    const fixture = await afterLeg1(() => {}, leg2, [fillAll]);
    expect(fixture.task.context.rollsDone).toBe(1);
    const rest = new TaskFixture({ spec: { leg2 } });
    rest.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await rest.price('23500');
    await rest.clock.advance(minuteMs);
    expect(rest.task.state).toBe('FAILED');
    rest.task.send({ type: 'REOPEN', commandId: 'c1' });
    await rest.clock.advance(30 * minuteMs);
    expect(rest.task.state).toBe('LEG2_OPENING.backingOff');
    expect(
      new Set(
        opened(rest)
          .slice(2)
          .map(({ symbol }) => symbol),
      ),
    ).toEqual(new Set([call24]));
  });
});

describe('a daemon that dies anywhere between the legs', () => {
  const ways: [string, object, Behaviour[]][] = [
    ['leg 2 is refused twice', {}, [noMargin, noMargin, fillAll]],
    ['leg 2 opens in parts', {}, [fillPart('0.1', 'cancelled'), fillAll]],
    ['the task stays flat', { fallback: 'stayFlat', attempts: 2 }, [noMargin]],
    ['the old option is opened again', { fallback: 'reopenLeg1', attempts: 1 }, [noMargin, fillAll]],
  ];
  test.each(ways)('opens the same orders once, where %s', async (_, leg2, behaviours) => {
    const whole = await afterLeg1(() => {}, leg2, behaviours);
    await whole.clock.advance(10 * minuteMs);
    const executed = ({ account }: TaskFixture) =>
      [...account.orders.values()].map(({ request, report }) => `${request.symbol} ${report.executedQty}`);
    const first = whole.states.indexOf('LEG1_CLOSED.checkpoint') + 1;
    expect(first).toBeGreaterThan(0);
    for (let crashAt = first; crashAt <= whole.journal.records.length; crashAt += 1) {
      const fixture = new TaskFixture({ spec: { leg2 } });
      fixture.account.behaviours = [fillAll, ...behaviours];
      fixture.crashAfter(crashAt);
      await fixture.price('23500');
      await fixture.clock.advance(10 * minuteMs);
      expect(fixture.task.context.held, `crash after record ${crashAt}`).toEqual(whole.task.context.held);
      expect(executed(fixture), `crash after record ${crashAt}`).toEqual(executed(whole));
      const news = ({ alerts }: TaskFixture) =>
        alerts.filter(({ text }) => text.includes('is not open')).length;
      expect(news(fixture), `crash after record ${crashAt}`).toBe(news(whole));
    }
  });
});
