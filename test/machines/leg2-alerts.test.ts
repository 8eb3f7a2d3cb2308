/** The alerts while a position is missing: failures at once, then reminders that rise in severity with time, not with tries. */
import { reasonTextOrNothing } from '../../src/domain/explain/reason-text.ts';
import { describe, expect, test } from 'vitest';
import { Terminal } from '../../src/domain/errors.ts';
import {
  fillAll,
  fillPart,
  fillWithLostAnswer,
  refuseWith,
  stayOpen,
  TaskFixture,
  type Behaviour,
} from '../support/task-fixture.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { afterLeg1, noMargin } from './leg2-fixture.ts';

const badPrice = refuseWith(new Terminal('price is out of its band', { code: '110003', scope: 'price' }));
const barred = refuseWith(new Terminal('trading banned', { code: '10027', scope: 'account' }));

/** The alerts since leg 1 was closed, as `severity minutes`. */
function alertTimes(fixture: TaskFixture): string[] {
  const closed = fixture.journal.records.findIndex(({ state }) => state === 'LEG1_CLOSED.checkpoint');
  const sinceMs = fixture.journal.records[closed]?.atMs ?? 0;
  return fixture.journal.records
    .slice(closed + 1)
    .flatMap(({ atMs, alerts }) =>
      alerts.map(({ severity }) => `${severity} ${Math.floor((atMs - sinceMs) / minuteMs)}`),
    );
}

/** No daemon runs for a while, then one brings the task back. */
async function away(fixture: TaskFixture, forMs: number): Promise<void> {
  fixture.task.stop();
  await fixture.clock.advance(forMs);
  fixture.restart();
  await fixture.clock.advance(0);
}

describe('while leg 2 is not open', () => {
  test('the first failure brings an alert at once, then reminders come after 1, 5 and 15 minutes and every 15', async () => {
    const fixture = await afterLeg1([badPrice]);
    expect(alertTimes(fixture)).toEqual(['warning 0']);
    await fixture.clock.advance(61 * minuteMs);
    expect(fixture.account.submitted.length).toBeGreaterThan(60);
    expect(alertTimes(fixture)).toEqual([
      'warning 0',
      'warning 1',
      'critical 5',
      'critical 15',
      'critical 30',
      'critical 45',
      'critical 60',
    ]);
  });

  test('each says for how long, what is missing, why, and what happens next', async () => {
    const fixture = await afterLeg1([badPrice]);
    await fixture.clock.advance(5 * minuteMs);
    expect(fixture.alerts.at(-1)?.text).toMatch(
      /^Leg 2 of task000001-v1 is still not open: 0\.3 of BTC-31MAR23-25000-C-USDT is missing \(closed 0\.3 BTC-31MAR23-24000-C-USDT\), for 5 min now\. Last: order open-task000001-v1-a\d+ ended rejected \(price is out of its band\)\. Next try in \d+ s, for as long as it takes\.$/,
    );
  });

  test('an order that is worked for hours brings reminders too, although nothing failed', async () => {
    const fixture = await afterLeg1([stayOpen], { execution: { deadline: '3h' } });
    expect(alertTimes(fixture)).toEqual([]);
    await fixture.clock.advance(20 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['warning 1', 'critical 5', 'critical 15']);
    expect(fixture.alerts.at(-1)?.text).toContain(
      'Order open-task000001-v1 to Sell 0.3 BTC-31MAR23-25000-C-USDT is under way.',
    );
    fixture.account.fill('open-task000001-v1', '0.3');
    await fixture.clock.advance(60 * minuteMs);
    expect(alertTimes(fixture).slice(3)).toEqual(['info 20']);
  });

  test('an order with an unknown outcome brings reminders at the same times', async () => {
    const fixture = await afterLeg1([
      (order, account) => {
        account.isBlind = true;
        return fillWithLostAnswer(order, account);
      },
    ]);
    await fixture.clock.advance(16 * minuteMs);
    const reminders = fixture.alerts.filter(({ text }) => text.includes('still not open'));
    expect(reminders.map(({ severity }) => severity)).toEqual(['warning', 'critical', 'critical']);
  });

  test('nothing is said of a leg 2 that opens at once, and no reminder comes after it is open', async () => {
    const fixture = await afterLeg1([fillAll]);
    await fixture.clock.advance(60 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['info 0']);
  });

  test('a part that is missing brings alerts like the whole', async () => {
    const fixture = await afterLeg1([fillPart('0.1', 'cancelled'), badPrice]);
    await fixture.clock.advance(6 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['warning 0', 'warning 1', 'critical 5']);
    expect(fixture.alerts.at(-1)?.text).toContain('0.2 of BTC-31MAR23-25000-C-USDT is missing');
  });

  test('alerts go on rising while the old option cannot be opened again either', async () => {
    const fixture = await afterLeg1([badPrice], { leg2: { fallback: 'reopenLeg1', attempts: 2 } });
    await fixture.clock.advance(31 * minuteMs);
    expect(alertTimes(fixture)).toEqual([
      'warning 0',
      'critical 0',
      'warning 0',
      'warning 1',
      'critical 5',
      'critical 15',
      'critical 30',
    ]);
    expect(fixture.alerts.at(-1)?.text).toContain('0.3 of BTC-31MAR23-24000-C-USDT is missing');
  });

  test('an exchange that is away brings alerts like any failure', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [
      (order, account) => {
        fixture.market.isAway = true;
        return fillAll(order, account);
      },
    ];
    await fixture.price('23500');
    await fixture.clock.advance(16 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['warning 0', 'warning 1', 'critical 5', 'critical 15']);
    expect(fixture.alerts.at(-1)?.text).toContain('Last: connect ECONNREFUSED.');
  });
});

describe('over restarts', () => {
  test('a daemon that comes back after 20 minutes says so once', async () => {
    const fixture = await afterLeg1([stayOpen], { execution: { deadline: '3h' } });
    await away(fixture, 20 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['critical 20']);
    expect(fixture.alerts.at(-1)?.text).toContain('for 20 min now');
    await fixture.clock.advance(11 * minuteMs);
    expect(alertTimes(fixture)).toEqual(['critical 20', 'critical 30']);
  });

  test('a daemon that restarts every minute repeats no reminder and misses none', async () => {
    const fixture = await afterLeg1([badPrice]);
    for (let restart = 0; restart < 32; restart += 1) {
      await away(fixture, minuteMs / 2);
      await fixture.clock.advance(minuteMs / 2);
    }
    expect(alertTimes(fixture)).toEqual([
      'warning 0',
      'warning 1',
      'critical 5',
      'critical 15',
      'critical 30',
    ]);
  });

  test('when nothing could be stored for 20 minutes, one reminder follows and not three', async () => {
    const fixture = await afterLeg1([stayOpen], { execution: { deadline: '3h' } });
    fixture.journal.held = [];
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    await fixture.clock.advance(20 * minuteMs);
    expect(alertTimes(fixture)).toEqual([]);
    await fixture.releaseCommits();
    expect(alertTimes(fixture)).toEqual(['critical 20']);
  });
});

describe('a person who is needed', () => {
  const halfOpen: Behaviour[] = [fillPart('0.1', 'cancelled'), badPrice];
  const spec = { leg2: { fallback: 'stayFlat', attempts: 1 } };

  test('and does not come is asked again every 15 minutes, also over restarts', async () => {
    const fixture = await afterLeg1(halfOpen, spec);
    expect(fixture.task.state).toBe('FAILED');
    expect(alertTimes(fixture)).toEqual(['critical 0', 'critical 0']);
    await fixture.clock.advance(14 * minuteMs);
    expect(alertTimes(fixture)).toHaveLength(2);
    await fixture.clock.advance(2 * minuteMs);
    await away(fixture, 30 * minuteMs);
    expect(alertTimes(fixture).slice(2)).toEqual(['critical 15', 'critical 46']);
    expect(fixture.alerts.at(-1)?.text).toContain(
      'still needs a person: 0.2 of BTC-31MAR23-25000-C-USDT is missing',
    );
  });

  test('gets an alert at once when a retry fails', async () => {
    const fixture = await afterLeg1(halfOpen, { leg2: { fallback: 'stayFlat', attempts: 2 } });
    await fixture.clock.advance(minuteMs);
    const before = alertTimes(fixture).length;
    fixture.task.send({ type: 'RETRY', commandId: 'c1' });
    await fixture.clock.advance(0);
    expect(alertTimes(fixture).slice(before)).toEqual(['warning 1']);
  });

  test('is not asked by each task of an account that may not trade: nothing was changed, and it is tried again', async () => {
    const fixture = new TaskFixture();
    fixture.account.behaviours = [barred, fillAll, fillAll];
    await fixture.price('23500');
    expect(fixture.task.state).toBe('IDLE.coolingDown');
    expect(fixture.alerts).toEqual([]);
    const [reason] = fixture.task.context.reasons;
    expect(reason?.kind).toBe('account');
    expect(reasonTextOrNothing(reason ?? null)).toContain('trading banned');
    await fixture.clock.advance(10 * minuteMs);
    await fixture.price('23501');
    expect(fixture.task.context.rollsDone).toBe(1);
  });
});

describe('a cause that a person can remove brings an alert at once', () => {
  test('margin that is gone, with figures and what to do, and louder after a minute', async () => {
    const fixture = await afterLeg1([noMargin]);
    fixture.account.marginNow = {
      ...fixture.account.marginNow,
      initialRate: '0.98',
      maintenanceRate: '0.4512',
      equity: '5000',
      available: '12.5',
    };
    await fixture.clock.advance(minuteMs);
    expect(alertTimes(fixture)).toEqual(['warning 0', 'critical 1']);
    expect(fixture.alerts.at(-1)?.text).toContain(
      '(margin is short). Available 12.5 of 5000 equity, maintenance margin 45.12 %. Free margin or deposit. Next try in',
    );
  });

  test('margin that is gone after other failures, once', async () => {
    const fixture = await afterLeg1([badPrice, badPrice, noMargin, badPrice, noMargin]);
    await fixture.clock.advance(50_000);
    expect(alertTimes(fixture)).toEqual(['warning 0', 'warning 0']);
    expect(fixture.alerts.at(-1)?.text).toContain('Free margin or deposit');
  });

  test('a barred account as critical, and it goes on being tried', async () => {
    const fixture = await afterLeg1([barred, fillAll]);
    await fixture.clock.advance(10_000);
    expect(alertTimes(fixture)).toEqual(['critical 0', 'info 0']);
    expect(fixture.task.context.rollsDone).toBe(1);
  });

  test('how many tries are left before the fallback, and what it will do', async () => {
    const fixture = await afterLeg1([badPrice], { leg2: { fallback: 'reopenLeg1', attempts: 3 } });
    expect(fixture.alerts.at(-1)?.text).toContain(
      'for as long as it takes or until BTC-31MAR23-24000-C-USDT is opened again after 2 more failed tries.',
    );
  });
});
