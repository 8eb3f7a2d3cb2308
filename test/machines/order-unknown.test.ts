/**
 * When nobody knows what became of a submit, the order is looked up by its link id before anything else; only a proof
 * that it was never placed lets it out again, identical, and what stays unknown goes to a person and is never given up.
 */
import { describe, expect, test } from 'vitest';
import { absenceProvenAfterMs } from '../../src/domain/write-window.ts';
import { fill, filled, OrderBench, report, startMs } from './order-bench.ts';

/** A submit that timed out. */
async function unknown(answer: object = {}): Promise<OrderBench> {
  const bench = new OrderBench();
  await bench.answer('submit order', { kind: 'unknown', reason: 'timeout', ...answer });
  return bench;
}

/** Looks up and waits, over and over, finding nothing; stops when something else is asked or after `forMs`. */
async function lookInVain(bench: OrderBench, forMs: number, positionQty?: string): Promise<void> {
  const endMs = bench.nowMs + forMs;
  while (bench.waits('look up order') && bench.nowMs <= endMs) {
    await bench.lookUp(null, [], positionQty);
    if (bench.waits('alarm')) await bench.ring();
  }
}

describe('a submit of unknown outcome', () => {
  test('that was filled is found and not sent again', async () => {
    const bench = await unknown();
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
    expect(bench.submitted).toHaveLength(1);
  });

  test('that is open is worked on', async () => {
    const bench = await unknown();
    await bench.lookUp(report());
    expect(bench.state).toBe('working');
    expect(bench.submitted).toHaveLength(1);
  });

  test('that is open beyond its deadline is cancelled', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 120_000;
    await bench.lookUp(report());
    expect(bench.waitsFor).toBe('cancel order');
  });

  test('is heard of by the stream while it is looked for', async () => {
    const bench = await unknown();
    await bench.lookUp(null);
    expect(bench.state).toBe('resolving.waiting');
    bench.hearReport(filled);
    bench.hearFill(fill('e1', '0.3'));
    expect(bench.output?.result).toBe('filled');
  });

  test('goes out again, identical, once it is proved absent, and not before a late one must have been refused', async () => {
    const bench = await unknown();
    await lookInVain(bench, 60_000);
    expect(bench.nowMs - startMs).toBeGreaterThanOrEqual(absenceProvenAfterMs);
    expect(bench.submitted).toHaveLength(2);
    expect(bench.submitted[1]).toEqual(bench.submitted[0]);
  });

  test('that is absent but out of time is over', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 120_000;
    await lookInVain(bench, 60_000);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });
});

describe('absence is not proved', () => {
  test('by a look-up that was asked early and answered late: it shows what was there when it was asked', async () => {
    const bench = await unknown();
    await lookInVain(bench, 3_000);
    bench.nowMs = startMs + absenceProvenAfterMs + 5_000;
    await bench.lookUp(null);
    expect(bench.state).toBe('resolving.waiting');
    expect(bench.submitted).toHaveLength(1);
  });

  test.each<[string, (bench: OrderBench) => Promise<void>]>([
    ['by a position that moved', (bench) => lookInVain(bench, 30_000, '0.2')],
    [
      'by look-ups that failed',
      async (bench) => {
        for (let lookUp = 0; lookUp < 10; lookUp += 1) {
          await bench.answer('look up order', { kind: 'failed', reason: 'timeout' });
          await bench.ring();
        }
      },
    ],
    [
      'by two empty look-ups, however late',
      async (bench) => {
        bench.nowMs += 30_000;
        for (let lookUp = 0; lookUp < 2; lookUp += 1) {
          await bench.lookUp(null);
          await bench.ring();
        }
      },
    ],
  ])('%s', async (_, look) => {
    const bench = await unknown();
    await look(bench);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toBeUndefined();
  });

  test('by anything, once the exchange said that the id is used', async () => {
    const bench = await unknown({ orderExists: true });
    await lookInVain(bench, 300_000);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.humansAsked).toBe(1);
  });

  test('by anything, once the order was seen', async () => {
    const bench = await unknown();
    await bench.lookUp(report());
    bench.hear({ type: 'RECONNECTED' });
    await lookInVain(bench, 30_000);
    expect(bench.submitted).toHaveLength(1);
  });
});

describe('an order whose fate stays unknown', () => {
  test('asks for a person once, and goes on looking', async () => {
    const bench = await unknown();
    await lookInVain(bench, 50_000, '0.2');
    expect(bench.humansAsked).toBe(0);
    await lookInVain(bench, 600_000, '0.2');
    expect(bench.humansAsked).toBe(1);
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output?.result).toBe('filled');
  });

  test('is not asked about again after a restart', async () => {
    const bench = await unknown();
    await lookInVain(bench, 100_000, '0.2');
    bench.restart();
    await lookInVain(bench, 100_000, '0.2');
    expect(bench.humansAsked).toBe(1);
  });
});
