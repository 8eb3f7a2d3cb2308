/** Fees against the exchange's numbers (docs/exchange.md#fees). */
import { describe, expect, it } from 'vitest';
import { deliveryFee, intrinsicValue, tradeFee } from '../../../src/exchange/paper/engine/fees.ts';
import { settlementOf } from '../../../src/exchange/paper/engine/delivery.ts';

describe('a trading fee', () => {
  it('is a share of the index price: the documented sample of 1 ETH option at 75 costs 0.358635', () => {
    const fee = tradeFee({ rate: '0.0003', index: '1195.45', price: '75', qty: '1', cap: '0.07' });
    expect(fee).toBe('0.358635');
  });

  it('never exceeds 7 % of the option price: a price of 5 costs at most 0.35 a unit', () => {
    expect(tradeFee({ rate: '0.0003', index: '70000', price: '5', qty: '1', cap: '0.07' })).toBe('0.35');
    expect(tradeFee({ rate: '0.0003', index: '70000', price: '5', qty: '0.01', cap: '0.07' })).toBe('0.0035');
  });
});

describe('a delivery fee', () => {
  const sample = { rate: '0.00015', deliveryPrice: '107281.774', qty: '0.02', cap: '0.125' };

  it('is a share of the delivery price: the documented sample costs 0.32184533, rounded up', () => {
    expect(deliveryFee({ ...sample, intrinsic: '3281.774' })).toBe('0.32184533');
  });

  it('never exceeds 12.5 % of what the option pays', () => {
    expect(deliveryFee({ ...sample, intrinsic: '10' })).toBe('0.025');
  });

  it('is nothing when the option expires worthless', () => {
    expect(deliveryFee({ ...sample, intrinsic: '0' })).toBe('0');
  });
});

describe('a settlement', () => {
  it('pays a long call its intrinsic value and takes it from a short one', () => {
    const option = { isCall: true, strike: '104000' };
    const terms = { deliveryPrice: '107281.774', feeRate: '0.00015', feeCap: '0.125' };
    expect(settlementOf({ side: 'Buy', qty: '0.02' }, option, terms)).toEqual({
      payout: '65.63548',
      fee: '0.32184533',
    });
    expect(settlementOf({ side: 'Sell', qty: '0.02' }, option, terms).payout).toBe('-65.63548');
  });

  it('pays a put below its strike', () => {
    const put = { isCall: false, strike: '25000' };
    expect(intrinsicValue(put, '23500')).toBe('1500');
    expect(intrinsicValue(put, '26000')).toBe('0');
  });
});
