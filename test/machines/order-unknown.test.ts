/**
 * When the outcome of a submit is unknown, the order is looked up by its link id before anything else; only a proof
 * that it was never placed lets it out again, identical, and what stays unknown goes to a person and is never given up.
 */
import { said } from '../support/texts.ts';
import { describe, expect, test } from 'vitest';
import {
  fill,
  filled,
  lookInVain,
  type OrderFixture,
  report,
  startMs,
  unknown,
  working,
  provenAfterMs,
} from './order-fixture.ts';

describe('a submit of unknown outcome', () => {
  test('that was filled is found and not sent again', async () => {
    const fixture = await unknown();
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
    expect(fixture.submitted).toHaveLength(1);
  });

  test('that is open is worked on', async () => {
    const fixture = await unknown();
    await fixture.lookUp(report());
    expect(fixture.state).toBe('working');
    expect(fixture.submitted).toHaveLength(1);
  });

  test('that is open beyond its deadline is cancelled', async () => {
    const fixture = await unknown();
    fixture.nowMs = startMs + 120_000;
    await fixture.lookUp(report());
    expect(fixture.waitsFor).toBe('cancel order');
  });

  test('is reported by the stream while it is looked up', async () => {
    const fixture = await unknown();
    await fixture.lookUp(null);
    expect(fixture.state).toBe('resolving.waiting');
    fixture.receiveReport(filled);
    fixture.receiveFill(fill('e1', '0.3'));
    expect(fixture.output?.result).toBe('filled');
  });

  test('goes out again, identical, once it is proved absent, and not before a late one must have been refused', async () => {
    const fixture = await unknown();
    await lookInVain(fixture, 60_000);
    expect(fixture.nowMs - startMs).toBeGreaterThanOrEqual(provenAfterMs);
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.submitted[1]).toEqual(fixture.submitted[0]);
  });

  test('that is absent but out of time is over', async () => {
    const fixture = await unknown();
    fixture.nowMs = startMs + 120_000;
    await lookInVain(fixture, 60_000);
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toMatchObject({
      result: 'unfilled',
      reason: 'not filled by its deadline; before: timeout',
    });
  });
});

describe('more than was ordered', () => {
  test('is not believed of a frame: the order goes on, and its look-up says what was executed', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '3'));
    fixture.receiveReport({ ...filled, executedQty: '3' });
    expect(fixture.output).toBeUndefined();
    fixture.receiveReport(filled);
    await fixture.ring();
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });

  test('or more than its last report counts is looked up, and what is found takes its place', async () => {
    const fixture = await working();
    fixture.receiveFill(fill('e1', '0.3'));
    fixture.receiveReport(report({ status: 'cancelled', executedQty: '0.1' }));
    expect(fixture.output).toBeUndefined();
    await fixture.ring();
    await fixture.lookUp(report({ status: 'cancelled', executedQty: '0.1' }), [fill('e1', '0.1')]);
    expect(fixture.output).toMatchObject({ result: 'partial', executedQty: '0.1' });
  });

  test('is not believed of a look-up either, and is no proof that there is no order', async () => {
    const fixture = await unknown();
    for (let times = 0; times < 20; times += 1) {
      await fixture.lookUp({ ...filled, executedQty: '3' }, [fill('e1', '3')]);
      await fixture.ring();
    }
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toBeUndefined();
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output).toMatchObject({ result: 'filled', executedQty: '0.3' });
  });
});

describe('a submit that is answered in words that nothing is known about', () => {
  const words = 'create: Bybit answered 99999 "Brand new rule"';
  const unlisted = () => unknown({ cause: said(words), answered: 'unlisted' });

  test('is reported at once, and ends with these words as soon as it is proved absent', async () => {
    const fixture = await unlisted();
    expect(fixture.said).toEqual([words]);
    await lookInVain(fixture, 60_000);
    const waitedMs = fixture.nowMs - startMs;
    expect(waitedMs).toBeGreaterThanOrEqual(provenAfterMs);
    expect(waitedMs).toBeLessThan(provenAfterMs + 2_000);
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toMatchObject({ result: 'unfilled', refusal: null, reason: words });
  });

  test('keeps these words whatever the look-ups are answered', async () => {
    const fixture = await unlisted();
    await fixture.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
    expect(fixture.context).toMatchObject({ fault: said(words), lookUpFault: said('HTTP 503') });
    await fixture.ring();
    await lookInVain(fixture, 60_000);
    expect(fixture.output?.reason).toBe(words);
  });

  test('names both to the person who is asked', async () => {
    const fixture = await unlisted();
    while (fixture.calls.length === 0) {
      await fixture.answer('look up order', { kind: 'failed', cause: said('HTTP 503') });
      if (fixture.waits('alarm')) await fixture.ring();
    }
    expect(fixture.calls[0]).toContain(`(${words}; HTTP 503)`);
  });

  test('is worked on when it is there after all, and these words are no reason any more', async () => {
    const fixture = await unlisted();
    await fixture.lookUp(report());
    expect(fixture.state).toBe('working');
    expect(fixture.context).toMatchObject({ fault: null, isNotUnderstood: false });
  });

  test('is sent again, under its own id, when the position moved: the exchange has the last word', async () => {
    const fixture = await unlisted();
    await lookInVain(fixture, 120_000, '0.2');
    await fixture.quote();
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.submitted[1]?.linkId).toBe(fixture.submitted[0]?.linkId);
  });

  test('goes out again when it was a page: the exchange itself has said nothing yet', async () => {
    const fixture = await unknown({ cause: said('HTTP 503 "maintenance"'), answered: 'page' });
    expect(fixture.said).toEqual(['HTTP 503 "maintenance"']);
    await lookInVain(fixture, 30_000);
    expect(fixture.submitted).toHaveLength(2);
  });
});

describe('absence is not proved', () => {
  test('by a look-up that was asked early and answered late: it shows what was there when it was asked', async () => {
    const fixture = await unknown();
    await lookInVain(fixture, 3_000);
    fixture.nowMs = startMs + provenAfterMs + 5_000;
    await fixture.lookUp(null);
    expect(fixture.state).toBe('resolving.waiting');
    expect(fixture.submitted).toHaveLength(1);
  });

  test.each<[string, (fixture: OrderFixture) => Promise<void>]>([
    ['by a position that moved', (fixture) => lookInVain(fixture, 30_000, '0.2')],
    [
      'by look-ups that failed',
      async (fixture) => {
        for (let lookUp = 0; lookUp < 10; lookUp += 1) {
          await fixture.answer('look up order', { kind: 'failed', cause: said('timeout') });
          await fixture.ring();
        }
      },
    ],
    [
      'by two empty look-ups, however late',
      async (fixture) => {
        fixture.nowMs += 30_000;
        for (let lookUp = 0; lookUp < 2; lookUp += 1) {
          await fixture.lookUp(null);
          await fixture.ring();
        }
      },
    ],
  ])('%s', async (_, look) => {
    const fixture = await unknown();
    await look(fixture);
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.output).toBeUndefined();
  });

  test('by anything, once the exchange said that the id is used', async () => {
    const fixture = await unknown({ orderExists: true });
    await lookInVain(fixture, 300_000);
    expect(fixture.submitted).toHaveLength(1);
    expect(fixture.calls).toHaveLength(1);
  });

  test('by anything, once the order was seen', async () => {
    const fixture = await unknown();
    await fixture.lookUp(report());
    fixture.receive({ type: 'RECONNECTED' });
    await lookInVain(fixture, 30_000);
    expect(fixture.submitted).toHaveLength(1);
  });
});

describe('a position that moved while the order is looked for in vain', () => {
  /** Empty look-ups until the order is sent again; the position is as `positionAt` says. */
  async function untilSentAgain(
    fixture: OrderFixture,
    positionAt: (nowMs: number) => string,
  ): Promise<number> {
    while (fixture.waits('look up order')) {
      await fixture.lookUp(null, [], positionAt(fixture.nowMs - startMs));
      if (fixture.waits('alarm')) await fixture.ring();
    }
    if (fixture.waits('read quote')) await fixture.quote();
    return fixture.nowMs - startMs;
  }

  test('may have been moved by another task or the owner: after a quiet minute the identical order goes out', async () => {
    const fixture = await unknown();
    expect(await untilSentAgain(fixture, () => '0.2')).toBeGreaterThanOrEqual(60_000);
    expect(fixture.submitted).toHaveLength(2);
    expect(fixture.submitted[1]).toMatchObject({ linkId: fixture.submitted[0]?.linkId, qty: '0.3' });
  });

  test('starts the minute again with every move', async () => {
    const fixture = await unknown();
    const moves = (atMs: number): string => (atMs < 100_000 ? String(Math.floor(atMs / 20_000)) : '9');
    expect(await untilSentAgain(fixture, moves)).toBeGreaterThanOrEqual(140_000);
  });

  test('lets an order go out even after its deadline, to learn whether it was placed, and end at once', async () => {
    const fixture = await unknown();
    fixture.nowMs = startMs + 130_000;
    await untilSentAgain(fixture, () => '0.2');
    await fixture.answer('submit order', { kind: 'unknown', cause: said('duplicate id'), orderExists: true });
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output?.result).toBe('filled');
  });

  test('waits as long as the exchange says when it is sent after its deadline', async () => {
    const fixture = await unknown();
    fixture.nowMs = startMs + 130_000;
    await untilSentAgain(fixture, () => '0.2');
    const sentAtMs = fixture.nowMs;
    await fixture.answer('submit order', { kind: 'retry', cause: said('barred'), retryAfterMs: 600_000 });
    await fixture.ring();
    expect(fixture.nowMs - sentAtMs).toBeGreaterThanOrEqual(600_000);
    expect(fixture.waits('submit order')).toBe(true);
  });

  test('and an order that had never been placed ends unfilled when it is sent after its deadline', async () => {
    const fixture = await unknown();
    fixture.nowMs = startMs + 130_000;
    await untilSentAgain(fixture, () => '0.2');
    await fixture.answer('submit order', { kind: 'acknowledged' });
    await fixture.ring();
    await fixture.answer('cancel order', { kind: 'acknowledged' });
    fixture.receive({ type: 'ORDER_REPORTED', report: report({ status: 'cancelled' }) });
    expect(fixture.output).toMatchObject({ result: 'unfilled', reason: 'not filled by its deadline' });
  });
});

describe('an order whose fate stays unknown', () => {
  const minutes = (fixture: OrderFixture, callsAtMs: readonly number[]): number[] =>
    callsAtMs.map((atMs) => Math.floor((atMs - startMs) / 60_000)).slice(0, fixture.calls.length);

  /** Looks in vain, noting when a person was asked. */
  async function hours(fixture: OrderFixture, forMs: number): Promise<number[]> {
    const callsAtMs: number[] = [];
    const endMs = fixture.nowMs + forMs;
    while (fixture.nowMs < endMs) {
      await fixture.lookUp(null, [], '0.2');
      while (callsAtMs.length < fixture.calls.length) callsAtMs.push(fixture.nowMs);
      await fixture.ring();
    }
    return callsAtMs;
  }

  test('asks for a person after 1, 5 and 15 minutes and then every 15, looking every half minute, for ever', async () => {
    const fixture = await unknown({ orderExists: true });
    const callsAtMs = await hours(fixture, 6 * 3_600_000);
    expect(minutes(fixture, callsAtMs).slice(0, 6)).toEqual([1, 5, 15, 30, 45, 60]);
    expect(fixture.calls).toHaveLength(2 + 23);
    const pauses = fixture.lookedUpAtMs
      .map((atMs, at) => atMs - (fixture.lookedUpAtMs[at - 1] ?? atMs))
      .slice(1);
    expect(pauses.slice(0, 7)).toEqual([300, 700, 1_500, 3_000, 5_000, 10_000, 20_000]);
    expect(new Set(pauses.slice(7))).toEqual(new Set([30_000]));
    expect(fixture.submitted).toHaveLength(1);
    await fixture.lookUp(filled, [fill('e1', '0.3')]);
    expect(fixture.output?.result).toBe('filled');
  });

  test('gives the person what is known', async () => {
    const fixture = await unknown({ orderExists: true });
    await hours(fixture, 120_000);
    expect(fixture.calls).toEqual(['the exchange took it, but no look-up shows how it stands (timeout)']);
  });

  test('is not asked about again after a restart', async () => {
    const fixture = await unknown({ orderExists: true });
    await lookInVain(fixture, 100_000, '0.2');
    fixture.restart();
    await lookInVain(fixture, 100_000, '0.2');
    expect(fixture.calls).toHaveLength(1);
  });

  test('is asked about once, not five times, after an hour in which no daemon could look', async () => {
    const fixture = await unknown({ orderExists: true });
    fixture.nowMs += 3_600_000;
    await fixture.lookUp(null, [], '0.2');
    expect(fixture.calls).toHaveLength(1);
  });

  test('and was reported again is asked about from the beginning when it is lost once more', async () => {
    const fixture = await unknown({ orderExists: true });
    await hours(fixture, 6 * 60_000);
    expect(fixture.calls).toHaveLength(2);
    await fixture.lookUp(report());
    await fixture.answer('cancel order', { kind: 'acknowledged' });
    await fixture.ring();
    await hours(fixture, 120_000);
    expect(fixture.calls).toHaveLength(3);
  });
});
