/** The roll chain adds up: cash as the account moved, results against what was opened, and where it all comes out even. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import {
  bookClosing,
  bookOpening,
  bookSettlement,
  breakEven,
  cashFlow,
  intrinsicValue,
  openLedger,
  openResult,
  premiumOf,
  type Ledger,
} from '../../../../src/domain/roll/ledger.ts';
import { add, multiply, subtract } from '../../../../src/domain/money.ts';
import type { LegTally } from '../../../../src/domain/roll/roll.ts';
import { call24, call25, held, nowMs, tally } from '../samples.ts';
import { optionNamed } from '../../../support/options.ts';

const short: HeldOption = { ...held, qty: '0.3', premium: '270' };
const long: HeldOption = { ...short, side: 'Buy' };
interface Legs {
  readonly closed: LegTally;
  readonly opened: LegTally;
}

const bookRoll = (ledger: Ledger, option: HeldOption, { closed, opened }: Legs): Ledger =>
  bookOpening(bookClosing(ledger, option, { order: closed, closedBefore: '0' }), option, opened);
const closed = tally('0.3', { value: '303', fee: '1.2' });
const opened = tally('0.3', { value: '330.15', fee: '0.9' });

describe('a roll', () => {
  test('of a short pays for what it closes and receives for what it opens', () => {
    const ledger = bookRoll(openLedger(short), short, { closed, opened });
    expect(ledger).toMatchObject({ debits: '303', credits: '330.15', fees: '2.1', realised: '-33' });
    expect(cashFlow(ledger)).toBe('25.05');
  });

  test('of a long receives for what it closes and pays for what it opens', () => {
    const ledger = bookRoll(openLedger(long), long, { closed, opened });
    expect(ledger).toMatchObject({ credits: '303', debits: '330.15', fees: '2.1', realised: '33' });
    expect(cashFlow(ledger)).toBe('-29.25');
  });

  test('of a part is set against its part of the premium', () => {
    const ledger = bookRoll(openLedger(short), short, {
      closed: tally('0.1', { value: '101' }),
      opened: tally('0'),
    });
    expect(ledger.realised).toBe('-11');
    expect(premiumOf({ ...short, premium: '100' }, '0.1')).toBe('33.33333333');
  });

  test('in parts that do not divide realises as much as one whole', () => {
    const option = { ...short, premium: '100' };
    const part = tally('0.1', { value: '40' });
    const inParts = ['0', '0.1', '0.2'].reduce(
      (ledger, before) => bookClosing(ledger, option, { order: part, closedBefore: before }),
      openLedger(option),
    );
    expect(inParts).toEqual(
      bookClosing(openLedger(option), option, { order: tally('0.3', { value: '120' }), closedBefore: '0' }),
    );
    expect(inParts.realised).toBe('-20');
  });
});

describe('a chain of rolls', () => {
  const cents = fc.integer({ min: 1, max: 500_000 }).map((value) => (value / 100).toFixed(2));
  const rolls = fc.array(fc.tuple(cents, cents, cents), { maxLength: 12 });

  test('realises what came in less what went out, less what the last option was opened for, exactly', () => {
    fc.assert(
      fc.property(rolls, fc.constantFrom<'Buy' | 'Sell'>('Buy', 'Sell'), (prices, side) => {
        let option: HeldOption = { ...short, side };
        let ledger = openLedger(option);
        for (const [close, open, fee] of prices) {
          ledger = bookRoll(ledger, option, {
            closed: tally('0.3', { value: close, fee }),
            opened: tally('0.3', { value: open }),
          });
          option = { ...option, premium: open };
        }
        const traded = subtract(ledger.credits, ledger.debits);
        const taken = side === 'Sell' ? short.premium : `-${short.premium}`;
        const last = side === 'Sell' ? option.premium : `-${option.premium}`;
        expect(ledger.realised).toBe(subtract(add(taken, traded), last));
        expect(cashFlow(ledger)).toBe(subtract(traded, ledger.fees));
      }),
    );
  });

  test('comes out at nothing when the option is delivered at its break-even', () => {
    fc.assert(
      fc.property(
        rolls,
        fc.constantFrom<'Buy' | 'Sell'>('Buy', 'Sell'),
        fc.constantFrom('C', 'P'),
        (prices, side, type) => {
          const named = optionNamed(`BTC-31MAR23-900000-${type}-USDT`);
          let option: HeldOption = { ...short, ...named, side, qty: '0.5' };
          let ledger = openLedger(option);
          for (const [close, open, fee] of prices) {
            ledger = bookRoll(ledger, option, {
              closed: tally('0.5', { value: close, fee }),
              opened: tally('0.5', { value: open }),
            });
            option = { ...option, premium: open };
          }
          const even = breakEven(ledger, option);
          const paid = multiply(intrinsicValue(option, even), option.qty);
          const first = side === 'Sell' ? short.premium : `-${short.premium}`;
          const total = Number(add(first, cashFlow(ledger))) + (side === 'Sell' ? -1 : 1) * Number(paid);
          // Beyond the strike on the other side nothing is paid out, and no price comes out even.
          if (Number(paid) > 0) expect(Math.abs(total)).toBeLessThan(1e-6);
        },
      ),
    );
  });
});

describe('a delivery', () => {
  const settlement = { symbol: call24, side: 'Sell', qty: '0.3', fee: '1.05', atMs: nowMs } as const;

  test('in the money pays a long and costs a short, and the fee both', () => {
    const at = { ...settlement, deliveryPrice: '24500' };
    expect(bookSettlement(openLedger(short), short, at)).toMatchObject({
      debits: '150',
      credits: '0',
      fees: '1.05',
      realised: '120',
      settlement: { payout: '-150', fee: '1.05', deliveryPrice: '24500' },
    });
    expect(bookSettlement(openLedger(long), long, at)).toMatchObject({ credits: '150', realised: '-120' });
  });

  test('of less than the task held is booked as what it was; the rest its owner had closed', () => {
    const ledger = bookSettlement(openLedger(short), short, {
      ...settlement,
      qty: '0.1',
      deliveryPrice: '24500',
    });
    expect(ledger).toMatchObject({
      debits: '50',
      fees: '1.05',
      realised: '40',
      changedByOwner: '-0.2',
      settlement: { qty: '0.1', payout: '-50', fee: '1.05' },
    });
  });

  test('out of the money leaves a short all it took in', () => {
    const ledger = bookSettlement(openLedger(short), short, {
      ...settlement,
      deliveryPrice: '23000',
      fee: '0',
    });
    expect(ledger).toMatchObject({ realised: '270', settlement: { payout: '0' } });
  });

  test('of a position that several tasks share counts its part of the fee', () => {
    const at = { ...settlement, qty: '0.9', deliveryPrice: '24500' };
    expect(bookSettlement(openLedger(short), short, at).fees).toBe('0.35');
  });
});

test('the open result is what the mark would leave', () => {
  expect(openResult(short, '800')).toBe('30');
  expect(openResult(long, '800')).toBe('-30');
  expect(intrinsicValue(optionNamed(call25), '24000')).toBe('0');
  expect(intrinsicValue(optionNamed('BTC-31MAR23-25000-P-USDT'), '24000')).toBe('1000');
});
