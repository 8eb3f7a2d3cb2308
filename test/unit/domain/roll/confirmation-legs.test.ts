/** Of a structure each leg is confirmed by its own quote, and a side by the quotes of all that decide it. */
import { describe, expect, test } from 'vitest';
import { reasonTextOrNothing } from '../../../../src/domain/explain/reason-text.ts';
import { confirmedRules, whyUnconfirmed } from '../../../../src/domain/roll/confirmation.ts';
import type { MarketReading } from '../../../../src/domain/orders/outcomes.ts';
import { judge } from '../../../../src/domain/rules/trigger-judging.ts';
import type { FieldReadings, Readings } from '../../../../src/domain/rules/triggers.ts';
import { call, put, readTrigger } from '../../../support/structures.ts';
import { listed, margin, nowMs, priced } from '../samples.ts';

const strangle = { held: call, others: [put] };

/** What two quotes say, `null` where there is none. */
interface Asked {
  readonly call: FieldReadings | null;
  readonly put: FieldReadings | null;
  readonly index?: string;
}

function readingOf(asked: Asked): MarketReading {
  const quoted = [call, put].map(({ symbol, leg }) => {
    const said = leg === 'call' ? asked.call : asked.put;
    const {
      delta = '0',
      theta = '0',
      volatility = null,
      optionMark = '1000',
      optionIndex = '23000',
    } = said ?? {};
    const greeks = { delta, gamma: '0', vega: '0', theta, volatility };
    return listed(symbol, { quote: said && { mark: optionMark, index: optionIndex, greeks } });
  });
  const underlying = asked.index === undefined ? {} : { underlying: { index: asked.index } };
  return { askedAtMs: nowMs, chain: priced(quoted, call), positions: [], margin, ...underlying };
}

function reasonAgainst(written: unknown, fired: Readings, asked: Asked): string | null {
  const trigger = readTrigger(written);
  const { holds, places } = judge({ trigger, ...strangle, heldSince: {} }, fired, nowMs);
  expect(holds).toBe(true);
  const triggered = { readings: fired, places };
  const reading = readingOf(asked);
  const reason = whyUnconfirmed({ trigger, ...strangle, triggered }, reading, nowMs);
  const rules = [{ trigger, restsUntilMs: 0, rollsDone: 0 }];
  const due = confirmedRules({ trigger, ...strangle, triggered, rules, due: [0] }, reading, nowMs);
  expect(due).toEqual(reason === null ? [0] : []);
  return reason && reasonTextOrNothing(reason);
}

describe('a condition of a structure', () => {
  const above = { above: 0.3 };
  const fired = { legs: { call: { delta: '0.9' }, put: { delta: '-0.1' } } };

  test('on one leg is confirmed by the quote of that leg', () => {
    const written = { leg: 'call', delta: above };
    expect(reasonAgainst(written, fired, { call: { delta: '0.29' }, put: null })).toBeNull();
    expect(reasonAgainst(written, fired, { call: { delta: '0.2' }, put: { delta: '-0.9' } })).toBe(
      "delta of call 0.9 was not confirmed: the option's quote says 0.2",
    );
    expect(reasonAgainst(written, fired, { call: null, put: { delta: '-0.9' } })).toMatch(
      /quote says nothing$/,
    );
  });

  test('on a side is confirmed by what its quotes make the tested one', () => {
    const written = { leg: 'tested', delta: above };
    expect(reasonAgainst(written, fired, { call: { delta: '0.3' }, put: { delta: '-0.1' } })).toBeNull();
    expect(reasonAgainst(written, fired, { call: { delta: '0.2' }, put: { delta: '-0.25' } })).toBe(
      "delta of the tested side 0.9 was not confirmed: the option's quote says 0.25",
    );
    expect(reasonAgainst(written, fired, { call: { delta: '0.9' }, put: null })).toMatch(
      /quote says nothing$/,
    );
  });

  test('on the structure as one is confirmed by all of them', () => {
    const written = { profit: { above: '50%' } };
    const shown = { legs: { call: { optionMark: '10' }, put: { optionMark: '10' } } };
    const cheap = { optionMark: '370' };
    expect(reasonAgainst(written, shown, { call: cheap, put: cheap })).toBeNull();
    expect(reasonAgainst(written, shown, { call: cheap, put: { optionMark: '800' } })).toBe(
      "profit 98.67 % was not confirmed: the option's quote says 22 %",
    );
    expect(reasonAgainst(written, shown, { call: cheap, put: null })).toMatch(/quote says nothing$/);
  });

  test('on the index is contradicted by the index in the quote of a leg', () => {
    const written = { index: { above: 25_000 } };
    const quotes = { call: { delta: '0.5' }, put: { delta: '-0.5' } };
    expect(reasonAgainst(written, { index: '25000' }, { ...quotes, index: '25000' })).toMatch(
      /quote says 23000/,
    );
    const near = { call: { optionIndex: '24900' }, put: { optionIndex: '24900' } };
    expect(reasonAgainst(written, { index: '25000' }, { ...near, index: '25000' })).toBeNull();
  });

  test('on the rank of a leg is believed while the volatility of that leg is as it was', () => {
    const written = { leg: 'put', impliedVolatilityRank: { above: '50%' } };
    const ranked = { legs: { put: { volatility: '0.6', volatilityRank: '0.8' } } };
    expect(reasonAgainst(written, ranked, { call: null, put: { volatility: '0.61' } })).toBeNull();
    expect(reasonAgainst(written, ranked, { call: null, put: { volatility: '0.8' } })).not.toBeNull();
  });
});
