/** Which leg of a roll comes first and why, as a preview says it before anything is traded. */
import { describe, expect, test } from 'vitest';
import type { OrderCheck, PreCheck } from '../../../../src/domain/market/pre-check.ts';
import type { Side } from '../../../../src/domain/market/order.ts';
import { advise, checksForAdvice } from '../../../../src/domain/explain/advice.ts';
import type { Preview } from '../../../../src/domain/explain/preview.ts';
import { firstRollContext } from '../../../../src/domain/roll/roll-context.ts';
import { readSpec } from '../../../support/options.ts';
import { fits as fitsAnywhere, tooMuch as tooMuchAnywhere } from '../../../machines/open-first-fixture.ts';
import { call24, call25, held, listed, margin, nowMs, priced } from '../samples.ts';

const fits = { ...fitsAnywhere, marginMode: 'cross' } as const;
const tooMuch = { ...tooMuchAnywhere, marginMode: 'cross' } as const;
const greeks = { delta: '0.4', gamma: '0.0001', vega: '20', theta: '-15', volatility: '0.55' };
const chain = priced([
  listed(call24, { quote: { bid: '990', ask: '1010', mark: '1000', index: '23050', greeks } }),
  listed(call25, { quote: { bid: '590', ask: '610', mark: '600', greeks: { ...greeks, delta: '0.3' } } }),
]);

interface Scene {
  readonly legs: string;
  readonly guards?: object;
  readonly side?: Side;
  /** What the exchange says of a quantity. */
  readonly says?: (qty: string) => PreCheck;
}

/** @returns the preview of the task's only rule, and the quantities that the exchange was asked about for it */
function previewOf({ legs, guards = {}, side = 'Buy', says = () => fits }: Scene): {
  preview: Preview;
  asked: string[];
} {
  const spec = readSpec({ symbol: call24, trigger: 23_500, target: 1000, execution: { legs }, guards });
  const context = firstRollContext({ taskId: 'task000001', spec, held: { ...held, side } });
  const positions = [{ symbol: call24, side, qty: '0.3', averagePrice: '900' }];
  let reading = { askedAtMs: nowMs, chain, positions, margin, checks: [] as readonly OrderCheck[] };
  const asked: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    const orders = checksForAdvice({ context, trade: undefined }, reading, nowMs);
    asked.push(...orders.map(({ qty }) => qty));
    const checks = orders.map(({ symbol, side: of, qty }) => ({ symbol, side: of, qty, answer: says(qty) }));
    reading = { ...reading, checks: [...reading.checks, ...checks] };
  }
  const advised = { state: 'IDLE.watching', context, workingOrder: null };
  const advice = advise(advised, { reading, underlying: { index: '23000' } }, nowMs);
  const preview = advice.rules[0]?.preview;
  if (!preview) throw new Error('a waiting task has a preview');
  return { preview, asked };
}

const order = ({ legs }: Preview): string => legs.map(({ leg }) => leg).join(', ');

describe('a preview', () => {
  test('says nothing of the order where the rule closes first', () => {
    const { preview } = previewOf({ legs: 'closeFirst' });
    expect(preview).not.toHaveProperty('legOrder');
    expect(order(preview)).toBe('close, open');
  });

  test.each(['openFirst', 'auto'])(
    'of %s shows the new option first where the exchange allows both',
    (legs) => {
      const { preview, asked } = previewOf({ legs });
      expect(asked).toEqual(['0.3']);
      expect(preview.legOrder).toMatchObject({ legs, first: 'open', why: 'marginFits', qty: '0.3' });
      expect(order(preview)).toBe('open, close');
      expect(preview.greeks).toMatchObject({
        before: { delta: '0.12' },
        between: { delta: '0.21' },
        after: { delta: '0.09' },
      });
      expect(preview.guards.map(({ code }) => code)).not.toContain('preCheck');
    },
  );

  test('shows the close where the rule closes instead of what the margin does not allow', () => {
    const { preview } = previewOf({
      legs: 'openFirst',
      guards: { whenRefused: 'close' },
      says: () => tooMuch,
    });
    expect(order(preview)).toBe('close');
    expect(preview).toMatchObject({ would: 'close', to: null, legOrder: { first: null, why: 'noMargin' } });
    expect(preview.legOrder?.text).toMatch(/^It opens nothing: /);
  });

  test('says how much is opened at a time where only a part fits', () => {
    const { preview, asked } = previewOf({
      legs: 'openFirst',
      says: (qty) => (qty === '0.15' ? fits : tooMuch),
    });
    expect(asked).toEqual(['0.3', '0.15']);
    expect(preview.legOrder?.text).toBe(
      'It opens first, 0.15 of 0.3 at a time: the exchange says that the margin allows both options at once',
    );
  });

  test('of auto closes first where nothing fits, by the guards of such a roll, and says why', () => {
    const { preview } = previewOf({ legs: 'auto', says: () => tooMuch });
    expect(preview.legOrder).toMatchObject({ first: 'close', why: 'noMargin' });
    expect(preview.legOrder?.text).toContain('It does not open first: margin does not allow to open 0.01');
    expect(order(preview)).toBe('close, open');
    expect(preview.guards).toContainEqual(expect.objectContaining({ code: 'preCheck', passes: true }));
    const refused = previewOf({ legs: 'auto', says: () => ({ ...tooMuch, marginMode: 'portfolio' }) });
    expect(refused.preview).toMatchObject({ would: 'nothing', legOrder: { why: 'noMargin' } });
  });

  test('of openFirst does nothing where nothing fits', () => {
    const { preview } = previewOf({ legs: 'openFirst', says: () => tooMuch });
    expect(preview).toMatchObject({ would: 'nothing', legOrder: { first: null, why: 'noMargin' } });
    expect(preview.reason).toContain('margin does not allow to open 0.01');
  });

  test('says that it is an estimate where the exchange checks nothing', () => {
    const { preview } = previewOf({ legs: 'openFirst', says: () => ({ kind: 'notOffered' }) });
    expect(preview.legOrder).toMatchObject({ first: 'open', why: 'estimateFits' });
  });

  test('of auto says that a short position closes first', () => {
    const { preview } = previewOf({ legs: 'auto', side: 'Sell' });
    expect(preview.legOrder).toMatchObject({ first: 'close', why: 'short' });
    expect(order(preview)).toBe('close, open');
  });
});
