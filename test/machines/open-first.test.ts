/** A roll that opens first: the new option is open before the old one is closed, and nothing is ever missing. */
import { describe, expect, test } from 'vitest';
import type { Halt } from '../../src/domain/halt.ts';
import { minuteMs } from '../../src/domain/units.ts';
import { holdingsOf } from '../../src/domain/roll/holdings.ts';
import { add, smaller } from '../../src/domain/money.ts';
import { fillAll, fillPart, stayOpen, TaskFixture, type Behaviour } from '../support/task-fixture.ts';
import { call24, call25, call26, noMargin } from './leg2-fixture.ts';
import type { PreCheck } from '../../src/domain/market/pre-check.ts';
import { muchAvailable } from '../support/fixture-margin.ts';
import { halt } from './roll-walk-fixture.ts';

const fits = { kind: 'rates', initialRateAfter: '0.3', maintenanceRateAfter: '0.2' } as const;
const tooMuch = {
  kind: 'refused',
  scope: 'margin',
  words: 'ab not enough for new order',
  exchangeCode: '110007',
  initialRateAfter: '1.2',
  maintenanceRateAfter: '0.8',
} as const;

type Changes = { readonly legs?: string; readonly side?: 'Buy' | 'Sell' } & Record<string, unknown>;

function openingFirst({ legs = 'openFirst', side = 'Buy', ...spec }: Changes = {}): TaskFixture {
  const fixture = new TaskFixture({ spec: { execution: { legs }, ...spec }, side });
  fixture.account.checkNow = fits;
  return fixture;
}

const sentBy = ({ account }: TaskFixture) =>
  account.submitted.map(({ linkId, side, qty, symbol }) => `${side} ${qty} ${symbol} ${linkId}`);
const opened = ({ account }: TaskFixture) =>
  account.submitted.filter(({ linkId }) => linkId.startsWith('open-'));
const heldBy = ({ task }: TaskFixture): string =>
  holdingsOf(task.context).reduce((total, { qty }) => add(total, qty), '0');

/** A task that has opened the new option and meets these behaviours when it closes the old one. */
async function openedTwice(behaviours: Behaviour[], changes: Changes = {}): Promise<TaskFixture> {
  const fixture = openingFirst(changes);
  fixture.account.behaviours = [fillAll, ...behaviours];
  await fixture.price('23500');
  return fixture;
}

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

describe('margin that the exchange is asked for', () => {
  test('refuses the roll with its words when not even the smallest part fits', async () => {
    const fixture = openingFirst();
    fixture.account.checkNow = tooMuch;
    await fixture.price('23500');
    expect(fixture.account.submitted).toEqual([]);
    expect(fixture.account.checked.map(({ qty }) => qty)).toEqual(['0.3', '0.15', '0.07', '0.01']);
    expect(fixture.task.context.reasons[0]).toMatchObject({
      code: 'noMarginForBoth',
      figures: { symbol: call25, qty: '0.01', rates: { initialRate: '1.2' } },
    });
    expect(fixture.alerts.at(-1)?.text).toContain('margin does not allow to open 0.01');
  });

  test('makes auto close first instead, once and for the whole roll', async () => {
    const fixture = openingFirst({ legs: 'auto' });
    fixture.account.checkNow = { ...tooMuch, marginMode: 'cross' };
    await fixture.price('23500');
    expect(sentBy(fixture)).toEqual([
      `Sell 0.3 ${call24} close-task000001-v1`,
      `Buy 0.3 ${call25} open-task000001-v1`,
    ]);
    expect(fixture.task.context.lastRoll).not.toHaveProperty('openedFirst');
  });

  test('makes no difference to auto of a short position, which closes first', async () => {
    const fixture = openingFirst({ legs: 'auto', side: 'Sell' });
    await fixture.price('23500');
    expect(sentBy(fixture)[0]).toBe(`Buy 0.3 ${call24} close-task000001-v1`);
  });

  test('lets auto of a long position open first where it passes', async () => {
    const fixture = openingFirst({ legs: 'auto' });
    await fixture.price('23500');
    expect(sentBy(fixture)[0]).toBe(`Buy 0.3 ${call25} open-task000001-v1`);
  });

  test('counts as the exchange says where it does, and by our formula only where it checks nothing', async () => {
    const short = { side: 'Sell', guards: { maintenanceMargin: { max: '6%' } } } as const;
    const allowed = openingFirst(short);
    allowed.account.checkNow = { ...fits, maintenanceRateAfter: '0.055' };
    await allowed.price('23500');
    expect(sentBy(allowed)[0]).toBe(`Sell 0.3 ${call25} open-task000001-v1`);
    const estimated = openingFirst(short);
    estimated.account.checkNow = { kind: 'notOffered' };
    await estimated.price('23500');
    expect(estimated.account.submitted).toEqual([]);
    expect(estimated.task.context.reasons[0]).toMatchObject({ code: 'noMarginForBoth' });
  });

  describe('and is too little for both options of an auto task', () => {
    const closedFirst = `Sell 0.3 ${call24} close-task000001-v1`;
    /** What closing first needs by the estimate, and what the reading's margin comes to. */
    const auto = async (checkNow: PreCheck, changes: Changes = {}): Promise<TaskFixture> => {
      const fixture = openingFirst({ legs: 'auto', ...changes });
      fixture.account.checkNow = checkNow;
      return fixture;
    };

    test.each([
      ['in portfolio margin', { ...tooMuch, marginMode: 'portfolio' }, 'portfolio'],
      ['where the margin mode is not known', tooMuch, 'unknownMode'],
    ] as const)('%s: the no stands as it does for closeFirst', async (_, checkNow, noEstimate) => {
      const reasons: unknown[] = [];
      for (const legs of ['auto', 'closeFirst']) {
        const fixture = await auto(checkNow, { legs });
        await fixture.price('23500');
        expect(fixture.account.submitted).toEqual([]);
        reasons.push(fixture.task.context.reasons[0]);
      }
      expect(reasons[0]).toMatchObject({ code: 'preCheck', figures: { said: 'refused', noEstimate } });
      expect(reasons[1]).toEqual(reasons[0]);
    });

    test('a no that is not for margin stands, too', async () => {
      const fixture = await auto({ ...tooMuch, scope: 'request', marginMode: 'cross' });
      await fixture.price('23500');
      expect(fixture.account.submitted).toEqual([]);
      expect(fixture.task.context.reasons[0]).toMatchObject({ code: 'preCheck' });
    });

    test('the account with the old option closed has to bear the new one', async () => {
      const fixture = await auto({ ...tooMuch, marginMode: 'cross' });
      fixture.account.marginNow = { ...muchAvailable, initial: '12000', initialRate: '0.9' };
      await fixture.price('23500');
      expect(fixture.account.submitted).toEqual([]);
      expect(fixture.task.context.reasons[0]).toMatchObject({
        code: 'preCheck',
        figures: {
          decidedBy: 'estimate',
          estimate: { initialRate: expect.stringMatching(/^1\./) as string },
        },
      });
    });

    test('the guard counts for both, and for the account with the old one closed', async () => {
      const tight = { ...muchAvailable, balance: '400', initial: '40', maintenance: '20' };
      const guards = { maintenanceMargin: { max: '5.5%' } };
      const fits = await auto({ ...tooMuch, marginMode: 'cross' }, { guards });
      const refused = await auto({ ...tooMuch, marginMode: 'portfolio' }, { guards });
      for (const fixture of [fits, refused]) {
        fixture.account.marginNow = tight;
        await fixture.price('23500');
      }
      expect(sentBy(fits)[0]).toBe(closedFirst);
      expect(refused.account.submitted).toEqual([]);
      expect(refused.task.context.reasons[0]).toMatchObject({ code: 'preCheck' });
    });

    test('a rule that closes when it is refused closes', async () => {
      const fixture = await auto(tooMuch, { guards: { whenRefused: 'close' } });
      await fixture.price('23500');
      expect(sentBy(fixture)).toEqual([closedFirst]);
      expect(fixture.task.isOver).toBe(true);
    });

    test('the next rule has its turn, and may open first itself', async () => {
      const when = { index: { above: 23_500 } };
      const rules = [
        { when, then: { roll: 1000 }, execution: { legs: 'auto' } },
        { when, then: 'close' },
      ];
      const fixture = await auto(tooMuch, { rules });
      await fixture.price('23500');
      expect(sentBy(fixture)).toEqual([closedFirst]);
      const again = await auto(tooMuch, {
        rules: [...rules.slice(0, 1), { when, then: { roll: 2000 }, execution: { legs: 'openFirst' } }],
      });
      again.account.checks = [tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, fits];
      await again.price('23500');
      expect(sentBy(again)[0]).toBe(`Buy 0.3 ${call26} open-task000001-v1`);
    });
  });

  test('is estimated where the exchange offers no check', async () => {
    const fixture = openingFirst();
    fixture.account.checkNow = { kind: 'notOffered' };
    await fixture.price('23500');
    expect(sentBy(fixture)[0]).toBe(`Buy 0.3 ${call25} open-task000001-v1`);
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

describe('what happens to one of the two options meanwhile', () => {
  test('an old one that its owner closes completes the roll', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.account.take(call24);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.3' },
      roll: null,
      rollsDone: 1,
      ledger: { changedByOwner: '-0.3' },
    });
  });

  test('a new one that its owner closes is as if it had not filled', async () => {
    const fixture = await openedTwice([noMargin]);
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.states).toContain('LEG1_CLOSING.planning');
    expect(fixture.task.context).toMatchObject({ held: { symbol: call24, qty: '0.3' }, rollsDone: 0 });
    expect(fixture.alerts.some(({ text }) => text.includes(`${call25} was closed by its owner`))).toBe(true);
  });

  describe.each([
    ['nothing of the old one is closed', [noMargin], '0.3'],
    ['a part of the old one is closed', [fillPart('0.1', 'cancelled'), noMargin], '0.2'],
  ])('when %s', (_, behaviours, oldLeft) => {
    const stopNew = async (qty: string) => {
      const fixture = await openedTwice([...behaviours]);
      fixture.account.fireStop(call25, { qty, price: '500' });
      fixture.account.behaviours = [fillAll];
      await fixture.clock.advance(2 * minuteMs);
      return fixture;
    };

    test('a stop that closes the new one leaves the task with what it has of the old one', async () => {
      const fixture = await stopNew('0.3');
      expect(fixture.states).not.toContain('FAILED');
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call24, qty: oldLeft },
        roll: null,
        ledger: { changedByOwner: '0' },
      });
      expect(fixture.alerts.at(-1)?.text).toContain(
        `Stopped out: your stop-loss at the exchange closed 0.3 ${call25} at 500`,
      );
      expect(fixture.alerts.at(-1)?.text).toContain(`The task goes on with ${oldLeft} ${call24}`);
    });

    test('a stop that closes a part of the new one leaves it with the rest of that', async () => {
      const fixture = await stopNew('0.25');
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call25, qty: '0.05' },
        roll: null,
        rollsDone: 1,
        ledger: { changedByOwner: '0' },
      });
      expect(await fixture.account.positions()).toMatchObject([{ symbol: call25, qty: '0.05' }]);
      expect(opened(fixture)).toHaveLength(1);
    });

    test('a stop that closes the old one completes the roll, and its price is booked', async () => {
      const fixture = await openedTwice([...behaviours]);
      fixture.account.fireStop(call24, { qty: oldLeft, price: '500' });
      await fixture.clock.advance(2 * minuteMs);
      expect(fixture.task.context).toMatchObject({
        held: { symbol: call25, qty: '0.3' },
        roll: null,
        rollsDone: 1,
        ledger: { changedByOwner: '0' },
      });
      expect(fixture.alerts.some(({ text }) => text.includes(`closed ${oldLeft} ${call24} at 500`))).toBe(
        true,
      );
    });
  });

  const both = { symbol: call24, side: 'Buy', averagePrice: '100' } as const;

  test('an old one of which its owner closes a part is closed to the end, and nothing more is opened for it', async () => {
    const whole = await openedTwice([noMargin]);
    whole.account.hold({ ...both, qty: '0.1' });
    whole.account.behaviours = [fillAll];
    await whole.clock.advance(2 * minuteMs);
    expect(sentBy(whole).at(-1)).toMatch(`Sell 0.1 ${call24}`);
    expect(whole.task.context).toMatchObject({ held: { symbol: call25, qty: '0.3' }, roll: null });

    const part = openingFirst();
    part.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await part.price('23500');
    part.account.hold({ ...both, qty: '0.05' });
    part.account.behaviours = [fillAll];
    await part.clock.advance(2 * minuteMs);
    expect(part.task.context).toMatchObject({
      held: { symbol: call25, qty: '0.15' },
      roll: null,
      ledger: { changedByOwner: '-0.25' },
    });
  });

  test('a new one of which only a part was opened and its owner closes that is as if nothing had filled', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.context).toMatchObject({
      held: { symbol: call24, qty: '0.3' },
      rollsDone: 0,
      roll: null,
    });
  });

  test('a new one that its owner closes after a part of the old one asks a person', async () => {
    const fixture = await openedTwice([fillPart('0.1', 'cancelled'), noMargin]);
    fixture.account.take(call25);
    await fixture.clock.advance(2 * minuteMs);
    expect(fixture.task.state).toBe('FAILED');
  });

  test('an old one that expires with a part of the new one open leaves the task with that part', async () => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const fixture = new TaskFixture({
      spec: { execution: { legs: 'openFirst' }, guards: { notBeforeExpiry: '1m' } },
      side: 'Buy',
      startMs: expiryMs - 3 * minuteMs,
    });
    fixture.account.checkNow = fits;
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    const settlement = {
      symbol: call24,
      side: 'Buy',
      qty: '0.3',
      deliveryPrice: '24100',
      fee: '0.1',
    } as const;
    fixture.account.settlements = [{ ...settlement, atMs: expiryMs }];
    await fixture.clock.advance(10 * minuteMs);
    const { held, roll, rollsDone, ledger } = fixture.task.context;
    expect({ qty: held.qty, roll, rollsDone }).toEqual({ qty: '0.1', roll: null, rollsDone: 1 });
    expect(held.symbol).not.toBe(call24);
    expect(ledger.settlement).toMatchObject({ symbol: call24, qty: '0.3' });
    expect(opened(fixture)).toHaveLength(1);
  });

  test('an old one that expires is settled, and the roll ends with the new one', async () => {
    const expiryMs = Date.UTC(2023, 2, 31, 8);
    const fixture = new TaskFixture({
      spec: {
        execution: { legs: 'openFirst' },
        guards: { notBeforeExpiry: '1m' },
      },
      side: 'Buy',
      startMs: expiryMs - 3 * minuteMs,
    });
    fixture.account.checkNow = fits;
    fixture.account.behaviours = [fillAll, noMargin];
    await fixture.price('23500');
    expect(fixture.states.some((state) => state.startsWith('LEG1_CLOSING'))).toBe(true);
    fixture.account.settlements = [
      {
        symbol: call24,
        side: 'Buy',
        qty: '0.3',
        deliveryPrice: '24100',
        fee: '0.1',
        atMs: expiryMs,
      },
    ];
    await fixture.clock.advance(10 * minuteMs);
    expect(fixture.task.context.ledger.settlement).toMatchObject({ symbol: call24, qty: '0.3' });
    expect(fixture.task.context.held.symbol).not.toBe(call24);
    expect(fixture.task.context).toMatchObject({ roll: null, rollsDone: 1 });
  });

  test('a halt lets it close the old option, and no other round begins', async () => {
    const fixture = openingFirst();
    fixture.account.behaviours = [fillPart('0.1', 'cancelled'), noMargin];
    await fixture.price('23500');
    fixture.isHalted = true;
    fixture.task.send({ type: 'HALTED', halt: halt as Halt });
    fixture.account.behaviours = [fillAll];
    await fixture.clock.advance(minuteMs);
    expect(fixture.task.state).toBe('ROLL_INITIATED.halted');
    expect(heldBy(fixture)).toBe('0.3');
    expect(opened(fixture)).toHaveLength(1);
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
