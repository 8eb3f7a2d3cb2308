/** A roll that opens first: the new option is open before the old one is closed, and nothing is ever missing. */
import { describe, expect, test } from 'vitest';
import { minuteMs } from '../../src/domain/units.ts';
import { smaller } from '../../src/domain/money.ts';
import { fillAll, fillPart, stayOpen, type Behaviour } from '../support/task-fixture.ts';
import { call24, call25, noMargin } from './leg2-fixture.ts';
import { heldBy, opened, openedTwice, openingFirst, sentBy } from './open-first-fixture.ts';

describe('a roll that opens first', () => {
  test('opens the new option, then closes the old one, and says so in its ledger', async () => {
    const fixture = await openedTwice([fillAll]);
    expect(sentBy(fixture)).toEqual([
      `Buy 0.3 ${call25} open-task000001-v1`,
      `Sell 0.3 ${call24} close-task000001-v1`,
    ]);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.3' },
      rollsDone: 1,
      roll: null,
      lastRoll: { openedFirst: true, fromSymbol: call24, toSymbol: call25, compensated: false },
    });
    expect(fixture.account.checked).toMatchObject([{ symbol: call25, qty: '0.3', reduceOnly: false }]);
    expect(fixture.alerts[0]?.text).toContain(`opened first: Buy 0.3 ${call25}`);
  });

  test('gives the roll up when nothing of the new option is opened: nothing is owed', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [noMargin];
    await fixture.price('23500');
    expect(fixture.task.context).toMatchObject({ roll: null, held: { symbol: call24, qty: '0.3' } });
    expect(fixture.states.at(-1)).toMatch(/^IDLE/);
  });

  test('closes exactly what was opened, and goes on in further rounds', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), fillAll, fillAll, fillAll];
    await fixture.price('23500');
    await fixture.clock.advance(minuteMs);
    expect(sentBy(fixture)).toEqual([
      `Buy 0.3 ${call25} open-task000001-v1`,
      `Sell 0.1 ${call24} close-task000001-v1`,
      `Buy 0.2 ${call25} open-task000001-v1-a2`,
      `Sell 0.2 ${call24} close-task000001-v1-a2`,
    ]);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
  });

  test('keeps trying to close the old option and reminds a person of what is open twice', async () => {
    const fixture = await openedTwice([stayOpen]);
    await fixture.clock.advance(30 * minuteMs);
    expect(fixture.task.state).toMatch(/^LEG1_CLOSING/);
    expect(heldBy(fixture)).toBe('0.6');
    const texts = fixture.alerts.map(({ text }) => text);
    expect(texts.find((text) => text.includes('is not closed'))).toContain(
      `0.3 is open twice: ${call24} is to be closed, ${call25} stays`,
    );
    expect(fixture.alerts.filter(({ text }) => text.includes('still not closed')).at(-1)?.severity).toBe(
      'critical',
    );
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(5 * minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
    expect(opened(fixture)).toHaveLength(1);
  });

  test('pauses only once nothing is open twice', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.task.send({ type: 'PAUSE', commandId: 'c1' });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toMatch(/^LEG1_CLOSING/);
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.state).toBe('PAUSED');
    expect(fixture.task.context.held).toMatchObject({ symbol: call25, qty: '0.3' });
  });
});

describe('what a person decides while both options are held', () => {
  test('REOPEN closes the new option again', async () => {
    const fixture = await openedTwice([noMargin, fillAll]);
    fixture.task.send({ type: 'REOPEN', commandId: 'c1' });
    await fixture.clock.advance(minuteMs);
    expect(sentBy(fixture).at(-1)).toBe(`Sell 0.3 ${call25} close-task000001-v1-a2`);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call24, qty: '0.3' },
      rollsDone: 0,
      roll: null,
      lastRoll: { compensated: true, openedFirst: true },
    });
    expect(heldBy(fixture)).toBe('0.3');
    expect(fixture.alerts.at(-1)?.text).toContain('is closed again');
  });

  test('ACCEPT_FLAT goes on with the new option and leaves the old one to its owner', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.task.send({ type: 'ACCEPT_FLAT', commandId: 'c1' });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toMatch(/^IDLE/);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.3' },
      roll: null,
      ledger: { changedByOwner: '-0.3' },
    });
    expect(fixture.alerts.at(-1)?.text).toContain(`0.3 ${call24} is no longer managed`);
  });

  test('the fallback reopenLeg1 closes the new option again after its tries', async () => {
    const fixture = await openedTwice([noMargin, noMargin, fillAll], {
      leg2: { fallback: 'reopenLeg1', attempts: 2 },
    });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call24, qty: '0.3' }, rollsDone: 0 });
  });

  test('the fallback stayFlat asks a person, who may have it tried again or keep the new option', async () => {
    const leg2 = { fallback: 'stayFlat', attempts: 2 };
    const fixture = await openedTwice([noMargin], { leg2 });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toBe('FAILED');
    expect(fixture.alerts.at(-1)?.text).toContain('Open twice: 0.3');
    fixture.account.behaviours = [fillAll];
    fixture.task.send({ type: 'RETRY', commandId: 'c1' });
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, rollsDone: 1 });
    for (const type of ['ACCEPT_FLAT', 'REOPEN'] as const) {
      const other = await openedTwice([noMargin, noMargin, fillAll], { leg2 });
      await other.clock.advance(30 * minuteMs);
      expect(other.alerts.at(-1)?.text).toContain('still needs a person');
      other.task.send({ type, commandId: 'c1' });
      await other.clock.advance(minuteMs);
      expect(other.task.context.held).toMatchObject({
        symbol: type === 'REOPEN' ? call24 : call25,
        qty: '0.3',
      });
    }
  });
});

describe('a daemon that dies anywhere in a roll that opens first', () => {
  const ways: [string, object, Behaviour[]][] = [
    ['both legs fill', {}, [fillAll]],
    ['leg 1 is refused twice', {}, [fillAll, noMargin, noMargin, fillAll]],
    ['leg 2 opens in parts', {}, [fillPart('0.1', 'cancelled'), fillAll]],
    ['it goes back', { fallback: 'reopenLeg1', attempts: 1 }, [fillAll, noMargin, fillAll]],
  ];
  test.each(ways)('%s: never less is held than was managed, and nothing is ordered twice', async (...way) => {
    const [, leg2, behaviours] = way;
    const crashes = async (at: number) => {
      const fixture = openingFirst({ leg2 });
      fixture.account.behaviours = [...behaviours];
      let seen = 0;
      let lowest = '0.3';
      await fixture.price('23500');
      for (let step = 0; step < 40; step += 1) {
        if (step === at) {
          fixture.restart();
          seen += 1;
        }
        await fixture.clock.advance(5_000);
        lowest = smaller(lowest, heldBy(fixture));
      }
      await fixture.clock.advance(10 * minuteMs);
      expect(seen).toBe(1);
      expect(lowest).toBe('0.3');
      expect(heldBy(fixture)).toBe('0.3');
      const positions = await fixture.account.positions();
      expect(positions.map(({ qty }) => qty)).toEqual(['0.3']);
      const ids = fixture.account.submitted.map(({ linkId }) => linkId);
      expect(new Set(ids).size).toBe(ids.length);
    };
    for (let at = 0; at < 6; at += 1) await crashes(at);
  });
});
