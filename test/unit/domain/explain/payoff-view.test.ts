/** The payoff of a task: the same figures as its ledger and its preview, and the flat line between the legs. */
import { describe, expect, it } from 'vitest';
import { advise } from '../../../../src/domain/explain/advice.ts';
import { ledgerView } from '../../../../src/domain/explain/advice.ts';
import { payoffView, type DrawnTask, type PayoffCurve } from '../../../../src/domain/explain/payoff-view.ts';
import { add, subtract } from '../../../../src/domain/money.ts';
import { firstRollContext, type RollContext } from '../../../../src/domain/roll/roll-context.ts';
import { parseTaskSpec } from '../../../../src/domain/spec/task-spec.ts';
import { bybitRules } from '../../../../src/exchange/bybit/rules.ts';
import { call24, call25, held, listed, margin, nowMs, priced, roll, tally } from '../samples.ts';

const greeks = { delta: '0.4', gamma: '0.0001', vega: '20', theta: '-15', volatility: '0.55' };
const spec = parseTaskSpec({ symbol: call24, trigger: 23_500, target: 1000 }, bybitRules);
const context = firstRollContext({ taskId: 'task000001', spec, held });
const chain = priced([
  listed(call24, { quote: { bid: '990', ask: '1010', mark: '1000', greeks } }),
  listed(call25, { quote: { bid: '590', ask: '610', mark: '600', greeks } }),
]);
const advice = advise(
  { state: 'IDLE.watching', context, workingOrder: null },
  {
    reading: {
      askedAtMs: nowMs,
      chain,
      positions: [{ symbol: call24, side: 'Sell', qty: '0.3', averagePrice: '900' }],
      margin,
    },
    underlying: { index: '23000' },
  },
  nowMs,
);
const preview = advice.rules[0]?.preview ?? null;

const drawn = (changes: Partial<DrawnTask> = {}) =>
  payoffView(
    {
      context,
      ledger: advice.ledger,
      now: { atMs: nowMs, prices: advice.prices ?? null },
      preview,
      ...changes,
    },
    bybitRules.readSymbol,
  );
const at = ({ prices, curves }: ReturnType<typeof drawn>, kind: PayoffCurve['kind'], price: string): string =>
  curves.find((curve) => curve.kind === kind)?.results[prices.indexOf(price)] ?? '';

describe('the payoff of a task that waits', () => {
  it('has a curve for what is held, for today, for the time between the legs and for after the roll', () => {
    expect(drawn().curves.map(({ kind, text }) => [kind, text])).toEqual([
      ['before', `short 0.3 ${call24}`],
      ['today', `short 0.3 ${call24}`],
      ['between', 'nothing'],
      ['after', `short 0.3 ${call25}`],
    ]);
    expect(drawn()).toMatchObject({ settleCoin: 'USDT', index: '23000', booked: '0' });
    expect(drawn().triggers).toEqual([{ text: 'index above 23500', level: '23500' }]);
    expect(drawn().wanted).toEqual([{ symbol: call25, strike: '25000', side: 'Sell', qty: '0.3' }]);
  });

  it('breaks even where its ledger and its preview say', () => {
    const curve = (kind: PayoffCurve['kind']) => drawn().curves.find((each) => each.kind === kind);
    expect(curve('before')?.breakEvens).toEqual([advice.ledger.breakEven]);
    expect(curve('after')?.breakEvens).toEqual([preview?.breakEven.after]);
  });

  it('lies flat between the legs, at what closing now would leave', () => {
    const between = drawn().curves.find(({ kind }) => kind === 'between');
    const fee = preview?.legs[0]?.fee ?? '';
    // 0.3 were sold for 270 and are bought back at 1010.
    expect(new Set(between?.results)).toEqual(new Set([subtract(subtract('270', '303'), fee)]));
    expect(between?.breakEvens).toEqual([]);
  });

  it('goes today through what the ledger shows as the open result', () => {
    expect(Number(at(drawn(), 'today', '23000'))).toBeCloseTo(Number(advice.ledger.openResult), 4);
  });

  it('differs after the roll by its net credit and fees where both options pay nothing', () => {
    const low = drawn().prices[0] ?? '';
    const gained = subtract(at(drawn(), 'after', low), at(drawn(), 'before', low));
    expect(add(gained, preview?.fees ?? '')).toBe(preview?.netCredit);
  });

  it('knows neither today nor the next roll while no daemon answers', () => {
    const stored = drawn({ ledger: ledgerView(context, null), now: null, preview: null });
    expect(stored.curves.map(({ kind }) => kind)).toEqual(['before']);
    expect(stored).toMatchObject({ index: null, atMs: null });
    expect(stored.triggers).toHaveLength(1);
  });
});

describe('the payoff in the middle of a roll', () => {
  const rolling: RollContext = {
    ...context,
    roll: roll({
      qty: '0.3',
      openQty: '0.3',
      closed: tally('0.3', { value: '303', fee: '2' }),
      toSymbol: call25,
    }),
    ledger: { ...context.ledger, realised: '-33', fees: '2', debits: '303' },
  };

  it('is the flat line at what is booked', () => {
    const view = drawn({ context: rolling, ledger: ledgerView(rolling, null), preview: null });
    expect(view.curves.map(({ kind, text }) => [kind, text])).toEqual([['between', 'nothing']]);
    expect(new Set(view.curves[0]?.results)).toEqual(new Set(['-35']));
    expect(view.booked).toBe('-35');
  });

  it('draws what is closed and opened in part as what is held now', () => {
    const partly: RollContext = {
      ...rolling,
      roll: roll({
        qty: '0.3',
        openQty: '0.3',
        closed: tally('0.2', { value: '202' }),
        opened: tally('0.1', { value: '60' }),
        toSymbol: call25,
        toStrike: '25000',
        toExpiryMs: held.expiryMs,
      }),
    };
    const view = drawn({ context: partly, ledger: ledgerView(partly, null), preview: null });
    expect(view.curves.map(({ kind, text }) => [kind, text])).toEqual([
      ['between', `short 0.1 ${call24} and short 0.1 ${call25}`],
    ]);
  });
});

describe('the payoff of a roll that opens first', () => {
  it('has both options between the legs', () => {
    const legOrder = { legs: 'openFirst', first: 'open', why: 'marginFits', qty: '0.3', text: '' } as const;
    const view = drawn({ preview: preview && { ...preview, legOrder } });
    const [between, after] = (['between', 'after'] as const).map((kind) =>
      view.curves.find((curve) => curve.kind === kind),
    );
    expect(between?.text).toBe(`short 0.3 ${call24} and short 0.3 ${call25}`);
    // Where both pay nothing: what both were sold for, less the fee of the one that is opened.
    const fee = preview?.legs.find(({ leg }) => leg === 'open')?.fee ?? '';
    expect(between?.results[0]).toBe(subtract(add('270', '177'), fee));
    expect(after?.text).toBe(`short 0.3 ${call25}`);
  });

  it('draws both as what is held now while both are', () => {
    const both: RollContext = {
      ...context,
      roll: roll({
        opensFirst: true,
        qty: '0.3',
        openQty: '0.3',
        opened: tally('0.3', { value: '177', fee: '2' }),
        toSymbol: call25,
        toStrike: '25000',
        toExpiryMs: held.expiryMs,
      }),
      ledger: { ...context.ledger, fees: '2', credits: '177' },
    };
    const view = drawn({ context: both, ledger: ledgerView(both, null), preview: null });
    expect(view.curves.map(({ kind, text }) => [kind, text])).toEqual([
      ['between', `short 0.3 ${call24} and short 0.3 ${call25}`],
    ]);
    expect(view.curves[0]?.results[0]).toBe('445');
  });
});

it('has nothing to draw once nothing is held', () => {
  const gone = { ...context, held: { ...held, qty: '0', premium: '0' } };
  expect(drawn({ context: gone, ledger: ledgerView(gone, null), preview: null }).curves).toEqual([]);
});
