/**
 * When nobody knows what became of a submit, the order is looked up by its link id before anything else; only a proof
 * that it was never placed lets it out again, identical, and what stays unknown goes to a person and is never given up.
 */
import { said } from '../support/texts.ts';
import { describe, expect, test } from 'vitest';
import {
  fill,
  filled,
  lookInVain,
  type OrderBench,
  report,
  startMs,
  unknown,
  working,
  provenAfterMs,
} from './order-bench.ts';

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
    expect(bench.nowMs - startMs).toBeGreaterThanOrEqual(provenAfterMs);
    expect(bench.submitted).toHaveLength(2);
    expect(bench.submitted[1]).toEqual(bench.submitted[0]);
  });

  test('that is absent but out of time is over', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 120_000;
    await lookInVain(bench, 60_000);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toMatchObject({
      result: 'unfilled',
      reason: 'not filled by its deadline; before: timeout',
    });
  });
});

describe('more than was ordered', () => {
  test('is not believed of a frame: the order goes on, and its look-up tells what was executed', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '3'));
    bench.hearReport({ ...filled, executedQty: '3' });
    expect(bench.output).toBeUndefined();
    bench.hearReport(filled);
    await bench.ring();
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('or more than its last report counts is looked up, and what is found takes its place', async () => {
    const bench = await working();
    bench.hearFill(fill('e1', '0.3'));
    bench.hearReport(report({ status: 'cancelled', executedQty: '0.1' }));
    expect(bench.output).toBeUndefined();
    await bench.ring();
    await bench.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(bench.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });

  test('is not believed of a look-up either, and is no proof that there is no order', async () => {
    const bench = await unknown();
    for (let times = 0; times < 20; times += 1) {
      await bench.lookUp({ ...filled, executedQty: '3' }, [fill('e1', '3')]);
      await bench.ring();
    }
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toBeUndefined();
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });
});

describe('a submit that is answered in words that nothing is known about', () => {
  const words = 'create: Bybit answered 99999 "Brand new rule"';
  const unlisted = () => unknown({ cause: said(words), answered: 'unlisted' });

  test('is told at once, and is over, with these words, as soon as it is proved absent', async () => {
    const bench = await unlisted();
    expect(bench.said).toEqual([words]);
    await lookInVain(bench, 60_000);
    const waitedMs = bench.nowMs - startMs;
    expect(waitedMs).toBeGreaterThanOrEqual(provenAfterMs);
    expect(waitedMs).toBeLessThan(provenAfterMs + 2_000);
    expect(bench.submitted).toHaveLength(1);
    expect(bench.output).toMatchObject({ result: 'unfilled', refusal: null, reason: words });
  });

  test('keeps these words whatever the look-ups are answered', async () => {
    const bench = await unlisted();
    await bench.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
    expect(bench.context).toMatchObject({ fault: said(words), lookUpFault: said('HTTP 503') });
    await bench.ring();
    await lookInVain(bench, 60_000);
    expect(bench.output?.reason).toBe(words);
  });

  test('names both to the person who is asked', async () => {
    const bench = await unlisted();
    while (bench.calls.length === 0) {
      await bench.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
      if (bench.waits('alarm')) await bench.ring();
    }
    expect(bench.calls[0]).toContain(`(${words}; HTTP 503)`);
  });

  test('is worked on when it is there after all, and these words are no reason any more', async () => {
    const bench = await unlisted();
    await bench.lookUp(report());
    expect(bench.state).toBe('working');
    expect(bench.context).toMatchObject({ fault: null, isNotUnderstood: false });
  });

  test('is sent again, under its own id, when the position moved: the exchange has the last word', async () => {
    const bench = await unlisted();
    await lookInVain(bench, 120_000, '0.2');
    await bench.quote();
    expect(bench.submitted).toHaveLength(2);
    expect(bench.submitted[1]?.linkId).toBe(bench.submitted[0]?.linkId);
  });

  test('goes out again when it was a page: the exchange itself has said nothing yet', async () => {
    const bench = await unknown({ cause: said('HTTP 503 "maintenance"'), answered: 'page' });
    expect(bench.said).toEqual(['HTTP 503 "maintenance"']);
    await lookInVain(bench, 30_000);
    expect(bench.submitted).toHaveLength(2);
  });
});

describe('absence is not proved', () => {
  test('by a look-up that was asked early and answered late: it shows what was there when it was asked', async () => {
    const bench = await unknown();
    await lookInVain(bench, 3_000);
    bench.nowMs = startMs + provenAfterMs + 5_000;
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
          await bench.answer('look up order', { kind: 'failed', cause: said('timeout') });
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
    expect(bench.calls).toHaveLength(1);
  });

  test('by anything, once the order was seen', async () => {
    const bench = await unknown();
    await bench.lookUp(report());
    bench.hear({ type: 'RECONNECTED' });
    await lookInVain(bench, 30_000);
    expect(bench.submitted).toHaveLength(1);
  });
});

describe('a position that moved while the order is looked for in vain', () => {
  /** Empty look-ups until the order is sent again; the position is as `positionAt` says. */
  async function untilSentAgain(bench: OrderBench, positionAt: (nowMs: number) => string): Promise<number> {
    while (bench.waits('look up order')) {
      await bench.lookUp(null, [], positionAt(bench.nowMs - startMs));
      if (bench.waits('alarm')) await bench.ring();
    }
    if (bench.waits('read quote')) await bench.quote();
    return bench.nowMs - startMs;
  }

  test('may have been moved by somebody else: after a quiet minute the identical order goes out', async () => {
    const bench = await unknown();
    expect(await untilSentAgain(bench, () => '0.2')).toBeGreaterThanOrEqual(60_000);
    expect(bench.submitted).toHaveLength(2);
    expect(bench.submitted[1]).toMatchObject({ linkId: bench.submitted[0]?.linkId, qty: '0.3' });
  });

  test('starts the minute again with every move', async () => {
    const bench = await unknown();
    const moves = (atMs: number): string => (atMs < 100_000 ? String(Math.floor(atMs / 20_000)) : '9');
    expect(await untilSentAgain(bench, moves)).toBeGreaterThanOrEqual(140_000);
  });

  test('lets an order go out even after its deadline, to learn whether it was placed, and end at once', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 130_000;
    await untilSentAgain(bench, () => '0.2');
    await bench.answer('submit order', { kind: 'unknown', cause: said('duplicate id'), orderExists: true });
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output?.result).toBe('filled');
  });

  test('keeps to the wait it is told when it is sent after its deadline', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 130_000;
    await untilSentAgain(bench, () => '0.2');
    const sentAtMs = bench.nowMs;
    await bench.answer('submit order', { kind: 'retry', cause: said('barred'), retryAfterMs: 600_000 });
    await bench.ring();
    expect(bench.nowMs - sentAtMs).toBeGreaterThanOrEqual(600_000);
    expect(bench.waits('submit order')).toBe(true);
  });

  test('and an order that had never been placed ends unfilled when it is sent after its deadline', async () => {
    const bench = await unknown();
    bench.nowMs = startMs + 130_000;
    await untilSentAgain(bench, () => '0.2');
    await bench.answer('submit order', { kind: 'acknowledged' });
    await bench.ring();
    await bench.answer('cancel order', { kind: 'acknowledged' });
    bench.hear({ type: 'ORDER_REPORTED', report: report({ status: 'cancelled' }) });
    expect(bench.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });
});

describe('an order whose fate stays unknown', () => {
  const minutes = (bench: OrderBench, callsAtMs: readonly number[]): number[] =>
    callsAtMs.map((atMs) => Math.floor((atMs - startMs) / 60_000)).slice(0, bench.calls.length);

  /** Looks in vain, noting when a person was asked. */
  async function hours(bench: OrderBench, forMs: number): Promise<number[]> {
    const callsAtMs: number[] = [];
    const endMs = bench.nowMs + forMs;
    while (bench.nowMs < endMs) {
      await bench.lookUp(null, [], '0.2');
      while (callsAtMs.length < bench.calls.length) callsAtMs.push(bench.nowMs);
      await bench.ring();
    }
    return callsAtMs;
  }

  test('asks for a person after 1, 5 and 15 minutes and then every 15, looking every half minute, for ever', async () => {
    const bench = await unknown({ orderExists: true });
    const callsAtMs = await hours(bench, 6 * 3_600_000);
    expect(minutes(bench, callsAtMs).slice(0, 6)).toEqual([1, 5, 15, 30, 45, 60]);
    expect(bench.calls).toHaveLength(2 + 23);
    const pauses = bench.lookedUpAtMs.map((atMs, at) => atMs - (bench.lookedUpAtMs[at - 1] ?? atMs)).slice(1);
    expect(pauses.slice(0, 7)).toEqual([300, 700, 1_500, 3_000, 5_000, 10_000, 20_000]);
    expect(new Set(pauses.slice(7))).toEqual(new Set([30_000]));
    expect(bench.submitted).toHaveLength(1);
    await bench.lookUp(filled, [fill('e1', '0.3')]);
    expect(bench.output?.result).toBe('filled');
  });

  test('tells the person what is known', async () => {
    const bench = await unknown({ orderExists: true });
    await hours(bench, 120_000);
    expect(bench.calls).toEqual(['the exchange took it, but no look-up tells how it stands (timeout)']);
  });

  test('is not asked about again after a restart', async () => {
    const bench = await unknown({ orderExists: true });
    await lookInVain(bench, 100_000, '0.2');
    bench.restart();
    await lookInVain(bench, 100_000, '0.2');
    expect(bench.calls).toHaveLength(1);
  });

  test('is asked about once, not five times, after an hour in which nobody could look', async () => {
    const bench = await unknown({ orderExists: true });
    bench.nowMs += 3_600_000;
    await bench.lookUp(null, [], '0.2');
    expect(bench.calls).toHaveLength(1);
  });

  test('and was heard of again is asked about from the beginning when it is lost once more', async () => {
    const bench = await unknown({ orderExists: true });
    await hours(bench, 6 * 60_000);
    expect(bench.calls).toHaveLength(2);
    await bench.lookUp(report());
    await bench.answer('cancel order', { kind: 'acknowledged' });
    await bench.ring();
    await hours(bench, 120_000);
    expect(bench.calls).toHaveLength(3);
  });
});
