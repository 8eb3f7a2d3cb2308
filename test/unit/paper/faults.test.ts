/** Faults that act on orders; those on the wire are in test/contract. */
import { describe, expect, it } from 'vitest';
import { Faults } from '../../../src/exchange/paper/faults.ts';
import { EngineFixture, call25 } from './engine-fixture.ts';

describe('a fault', () => {
  it('strikes as often as its rule says, and only where it matches', () => {
    const faults = new Faults();
    faults.add({ kind: 'noFill', times: 2, match: { apiKey: 'a', linkIdPrefix: 'open-' } });
    const site = { apiKey: 'a', linkId: 'open-1' };
    expect(faults.strike('noFill', { ...site, apiKey: 'b' })).toBeUndefined();
    expect(faults.strike('noFill', { ...site, linkId: 'close-1' })).toBeUndefined();
    expect(faults.strike('loseAnswer', site)).toBeUndefined();
    expect(faults.strike('noFill', site)).toBeDefined();
    expect(faults.strike('noFill', site)).toBeDefined();
    expect(faults.strike('noFill', site)).toBeUndefined();
  });

  it('names an endpoint as either transport does', () => {
    const faults = new Faults();
    faults.add({ kind: 'loseAnswer', match: { endpoint: 'order.create' }, times: 'always' });
    expect(faults.strike('loseAnswer', { apiKey: 'a', endpoint: '/v5/order/create' })).toBeDefined();
    expect(faults.strike('loseAnswer', { apiKey: 'a', endpoint: '/v5/order/cancel' })).toBeUndefined();
  });

  it('can be removed', () => {
    const faults = new Faults();
    const remove = faults.add({ kind: 'noFill', times: 'always' });
    remove();
    expect(faults.strike('noFill', { apiKey: 'a' })).toBeUndefined();
  });
});

describe('an order under a fault', () => {
  it('is acknowledged, shown as New and never filled (noFill)', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.add({ kind: 'noFill' });
    const order = fixture.place(account, { price: '3000' });
    fixture.setIndex(22_000);
    expect(order).toMatchObject({ status: 'New', executedQty: '0' });
    expect(fixture.place(account, { price: '3000' }).status).toBe('Filled');
  });

  it('executes at most so much (partialFill)', () => {
    const fixture = new EngineFixture();
    fixture.faults.add({ kind: 'partialFill', qty: '0.1' });
    const order = fixture.place(fixture.account(), { price: '3000' });
    fixture.advance(60_000);
    expect(order).toMatchObject({ status: 'PartiallyFilled', executedQty: '0.1' });
  });

  it('is rejected after the acknowledgement (rejectLater)', () => {
    const fixture = new EngineFixture();
    fixture.faults.add({ kind: 'rejectLater', reason: 'EC_NoEnoughQtyToFill' });
    const order = fixture.place(fixture.account());
    expect(order).toMatchObject({
      status: 'Rejected',
      rejectReason: 'EC_NoEnoughQtyToFill',
      executedQty: '0',
    });
    expect(fixture.statuses()).toEqual(['Rejected']);
  });

  it('has its final message and its execution reported twice, but is filled once (duplicateFilled)', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.add({ kind: 'duplicateFilled' });
    fixture.place(account);
    expect(fixture.statuses()).toEqual(['Filled', 'Filled']);
    expect(fixture.reports.filter(({ kind }) => kind === 'fills')).toHaveLength(2);
    expect(account.state.fills).toHaveLength(1);
  });

  it('reaches the book late (delayEffect), or is reported late (delayEvents)', () => {
    const fixture = new EngineFixture();
    const account = fixture.account();
    fixture.faults.add({ kind: 'delayEffect', ms: 500 });
    const order = fixture.place(account);
    expect(order.status).toBe('Accepted');
    fixture.wall.pass(500);
    expect(order.status).toBe('Filled');
    fixture.reports.length = 0;
    fixture.faults.add({ kind: 'delayEvents', ms: 700 });
    fixture.place(account);
    expect(fixture.reports.map(({ delayMs }) => delayMs)).toEqual([700, 700, 700, 700]);
    fixture.reports.length = 0;
    fixture.place(account);
    expect(fixture.reports[0]?.delayMs).toBe(0);
  });

  it('finds no quote on the hidden side of a symbol (noQuote)', () => {
    const fixture = new EngineFixture();
    fixture.faults.noQuote(call25, 'ask');
    expect(fixture.best(call25).ask).toBe('0');
    expect(fixture.best(call25).bid).not.toBe('0');
    fixture.faults.noQuote(call25, null);
    expect(fixture.best(call25).ask).not.toBe('0');
  });
});
