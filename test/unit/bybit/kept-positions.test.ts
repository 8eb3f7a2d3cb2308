/** Positions that a stream keeps: nothing is shown that is behind what was told, whatever comes first, late, twice or not at all. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Fill, OrderReport, Position } from '../../../src/domain/market/order.ts';
import { KeptPositions, type NumberedPosition } from '../../../src/exchange/bybit/kept/kept-positions.ts';
import { HandTime } from './hand-time.ts';

const [held, other] = ['BTC-31MAR23-24000-C-USDT', 'BTC-31MAR23-25000-C-USDT'];
const minute = 60_000;
const short = (symbol: string, qty: string, seq: number | null): NumberedPosition => {
  const position: Position = { symbol, side: qty === '0' ? null : 'Sell', qty, averagePrice: '900' };
  return { position, seq };
};
const fill = (linkId: string, qty: string, execId = linkId, symbol = held): Fill => ({
  execId,
  linkId,
  symbol,
  side: 'Buy',
  qty,
  price: '900',
  fee: '0',
  atMs: 0,
});
const executed = (linkId: string, executedQty: string, symbol = held): OrderReport =>
  ({ linkId, symbol, executedQty }) as OrderReport;

let time: HandTime;
let answer: () => Promise<readonly NumberedPosition[]>;
let asked: number;
let kept: KeptPositions;
beforeEach(() => {
  time = new HandTime();
  asked = 0;
  answer = () => Promise.resolve([short(held, '0.5', 10)]);
  kept = new KeptPositions(() => {
    asked += 1;
    return answer();
  }, time);
});

const quantities = async (ageMaxMs = minute): Promise<string> => {
  const [read] = await Promise.all([kept.read(ageMaxMs), time.pass(30)]);
  return read.map(({ symbol, qty }) => `${symbol === held ? '' : 'other '}${qty}`).join();
};

describe('positions that are kept', () => {
  it('are asked for once, and then until they are too old', async () => {
    expect(await quantities()).toBe('0.5');
    expect(await quantities()).toBe('0.5');
    expect(asked).toBe(1);
    await time.pass(minute);
    await quantities();
    expect(asked).toBe(2);
  });

  it('change as the stream tells, and an older push changes nothing', async () => {
    await quantities();
    kept.position(short(held, '0.2', 12));
    kept.position(short(held, '0.3', 11));
    kept.position(short(other, '0.3', 5));
    expect(await quantities()).toBe('0.2,other 0.3');
    kept.position(short(held, '0', 13));
    expect(await quantities()).toBe('other 0.3');
    expect(asked).toBe(1);
  });

  it('wait for the position of a fill, and are asked for where it does not come', async () => {
    await quantities();
    kept.fill(fill('a', '0.3'), 12);
    const reading = kept.read(minute);
    await Promise.resolve();
    kept.position(short(held, '0.2', 12));
    expect((await reading).map(({ qty }) => qty)).toEqual(['0.2']);
    expect(asked).toBe(1);
    kept.fill(fill('b', '0.1'), 14);
    answer = () => Promise.resolve([short(held, '0.1', 14)]);
    expect(await quantities()).toBe('0.1');
    expect(asked).toBe(2);
  });

  it('wait for the fills of an order that tells of them first', async () => {
    await quantities();
    kept.order(executed('a', '0.3'));
    kept.position(short(held, '0.4', 11));
    const reading = kept.read(minute);
    kept.fill(fill('a', '0.1'), 11);
    await Promise.resolve();
    kept.fill(fill('a', '0.2', 'a2'), 12);
    kept.position(short(held, '0.2', 12));
    expect((await reading).map(({ qty }) => qty)).toEqual(['0.2']);
    expect(asked).toBe(1);
  });

  it('count a fill once, and one that the position shows already not at all', async () => {
    await quantities();
    kept.position(short(held, '0.2', 12));
    kept.fill(fill('a', '0.3'), 12);
    kept.fill(fill('a', '0.3'), 12);
    expect(await quantities()).toBe('0.2');
    expect(asked).toBe(1);
  });

  it('are asked for each time after a fill without a number, until a list cannot lag behind it any more', async () => {
    await quantities();
    kept.fill(fill('a', '0.3'), null);
    kept.position(short(held, '0.2', 20));
    await quantities();
    await quantities();
    expect(asked).toBe(3);
    await time.pass(10_000);
    await quantities();
    await quantities();
    expect(asked).toBe(4);
  });

  it('are forgotten with the connection, also what is being answered', async () => {
    let arrive: (rows: readonly NumberedPosition[]) => void = () => undefined;
    answer = () => new Promise((resolve) => (arrive = resolve));
    const reading = kept.read(minute);
    kept.forget();
    arrive([short(held, '0.5', 10)]);
    expect(await reading).toHaveLength(1);
    answer = () => Promise.resolve([]);
    expect(await quantities()).toBe('');
    expect(asked).toBe(2);
  });

  it('are not set back by a list that lags', async () => {
    await quantities();
    kept.position(short(held, '0', 12));
    kept.position(short(other, '0.5', 13));
    await kept.ask();
    expect(await quantities()).toBe('other 0.5');
  });
});

describe('whatever the stream tells in whichever order', () => {
  const trade = fc.record({ symbol: fc.constantFrom(held, other), qty: fc.integer({ min: 1, max: 9 }) });
  const steps = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: trade.map((of) => ({ do: 'trade' as const, ...of })) },
      { weight: 6, arbitrary: fc.constantFrom('order', 'fill', 'position').map((topic) => ({ do: topic })) },
      { weight: 2, arbitrary: fc.constant({ do: 'read' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'ask' as const }) },
    ),
    { maxLength: 60 },
  );

  it('shows no position that is behind a fill that was told', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const clock = new HandTime();
        const truth = new Map<string, { qty: number; seq: number }>();
        const queues: Record<string, (() => void)[]> = { order: [], fill: [], position: [] };
        let [seq, requests] = [0, 0];
        const toldSeq = new Map<string, number>();
        const told = (symbol: string, at: number): void =>
          void toldSeq.set(symbol, Math.max(at, toldSeq.get(symbol) ?? 0));
        const rows = (): NumberedPosition[] =>
          [...truth].map(([symbol, { qty, seq: at }]) => short(symbol, String(qty), at));
        const positions = new KeptPositions(() => {
          requests += 1;
          return Promise.resolve(rows());
        }, clock);
        const history = new Map<string, number>();
        await positions.ask();
        for (const step of all) {
          if (step.do === 'trade' && 'symbol' in step) {
            const { symbol, qty } = step;
            seq += 1;
            const at = seq;
            const after = (truth.get(symbol)?.qty ?? 0) + qty;
            truth.set(symbol, { qty: after, seq: at });
            history.set(`${symbol} ${after}`, at);
            const linkId = `order${at}`;
            queues['order']?.push(() => {
              positions.order(executed(linkId, String(qty), symbol));
              told(symbol, at);
            });
            queues['fill']?.push(() => {
              positions.fill(fill(linkId, String(qty), linkId, symbol), at);
              told(symbol, at);
            });
            queues['position']?.push(() => positions.position(short(symbol, String(after), at)));
          } else if (step.do === 'read') {
            const before = requests;
            const [read] = await Promise.all([positions.read(minute), clock.pass(30)]);
            if (requests === before)
              for (const [symbol, toldAt] of toldSeq) {
                const qty = read.find((each) => each.symbol === symbol)?.qty ?? '0';
                expect(history.get(`${symbol} ${qty}`) ?? 0).toBeGreaterThanOrEqual(toldAt);
              }
          } else if (step.do === 'ask') await positions.ask();
          else queues[step.do]?.shift()?.();
        }
      }),
      { numRuns: 300 },
    );
  });
});
