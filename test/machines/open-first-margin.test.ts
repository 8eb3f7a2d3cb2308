/** Whether a roll may open first: what the exchange says of the margin for both options, and what is done where that is too little. */
import { describe, expect, test } from 'vitest';
import type { PreCheck } from '../../src/domain/market/pre-check.ts';
import { muchAvailable } from '../support/fixture-margin.ts';
import type { TaskFixture } from '../support/task-fixture.ts';
import { call24, call25, call26 } from './leg2-fixture.ts';
import { type Changes, fits, openingFirst, sentBy, tooMuch } from './open-first-fixture.ts';

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
    const auto = (checkNow: PreCheck, changes: Changes = {}): TaskFixture => {
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
        const fixture = auto(checkNow, { legs });
        await fixture.price('23500');
        expect(fixture.account.submitted).toEqual([]);
        reasons.push(fixture.task.context.reasons[0]);
      }
      expect(reasons[0]).toMatchObject({ code: 'preCheck', figures: { said: 'refused', noEstimate } });
      expect(reasons[1]).toEqual(reasons[0]);
    });

    test('a no that is not for margin stands, too', async () => {
      const fixture = auto({ ...tooMuch, scope: 'request', marginMode: 'cross' });
      await fixture.price('23500');
      expect(fixture.account.submitted).toEqual([]);
      expect(fixture.task.context.reasons[0]).toMatchObject({ code: 'preCheck' });
    });

    test('the account with the old option closed has to bear the new one', async () => {
      const fixture = auto({ ...tooMuch, marginMode: 'cross' });
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
      const fits = auto({ ...tooMuch, marginMode: 'cross' }, { guards });
      const refused = auto({ ...tooMuch, marginMode: 'portfolio' }, { guards });
      for (const fixture of [fits, refused]) {
        fixture.account.marginNow = tight;
        await fixture.price('23500');
      }
      expect(sentBy(fits)[0]).toBe(closedFirst);
      expect(refused.account.submitted).toEqual([]);
      expect(refused.task.context.reasons[0]).toMatchObject({ code: 'preCheck' });
    });

    test('a rule that closes when it is refused closes', async () => {
      const fixture = auto(tooMuch, { guards: { whenRefused: 'close' } });
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
      const fixture = auto(tooMuch, { rules });
      await fixture.price('23500');
      expect(sentBy(fixture)).toEqual([closedFirst]);
      const again = auto(tooMuch, {
        rules: [...rules.slice(0, 1), { when, then: { roll: 2000 }, execution: { legs: 'openFirst' } }],
      });
      again.account.checks = [tooMuch, tooMuch, tooMuch, tooMuch, tooMuch, fits];
      await again.price('23500');
      expect(sentBy(again)[0]).toBe(`Buy 0.3 ${call26} open-task000001-v1`);
    });
  });

  describe('and is too little for both options of a task that opens first', () => {
    const when = { index: { above: 23_500 } };
    const execution = { legs: 'openFirst' };
    const opening = (changes: Changes): TaskFixture => {
      const fixture = openingFirst(changes);
      fixture.account.checkNow = tooMuch;
      return fixture;
    };

    test('a rule that closes when it is refused closes', async () => {
      const fixture = opening({ guards: { whenRefused: 'close' } });
      await fixture.price('23500');
      expect(sentBy(fixture)).toEqual([`Sell 0.3 ${call24} close-task000001-v1`]);
      expect(fixture.task.isOver).toBe(true);
    });

    test('the next rule has its turn, and may open first itself', async () => {
      const first = { when, then: { roll: 1000 }, execution };
      const closing = opening({ rules: [first, { when, then: 'close' }] });
      await closing.price('23500');
      expect(sentBy(closing)).toEqual([`Sell 0.3 ${call24} close-task000001-v1`]);
      const again = opening({ rules: [first, { when, then: { roll: 2000 }, execution }] });
      again.account.checks = [tooMuch, tooMuch, tooMuch, tooMuch, fits];
      await again.price('23500');
      expect(sentBy(again)[0]).toBe(`Buy 0.3 ${call26} open-task000001-v1`);
    });

    test('says why when the next rule may not act either', async () => {
      const rules = [
        { when, then: { roll: 1000 }, execution },
        { when, then: { roll: 2000 }, execution, guards: { debit: { max: '0.01' } } },
      ];
      const fixture = opening({ rules });
      await fixture.price('23500');
      expect(fixture.account.submitted).toEqual([]);
      expect(fixture.task.context.reasons[0]).toMatchObject({ code: 'noMarginForBoth' });
    });
  });

  test('is estimated where the exchange offers no check', async () => {
    const fixture = openingFirst();
    fixture.account.checkNow = { kind: 'notOffered' };
    await fixture.price('23500');
    expect(sentBy(fixture)[0]).toBe(`Buy 0.3 ${call25} open-task000001-v1`);
  });
});
