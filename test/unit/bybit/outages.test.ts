import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { Outages } from '../../../src/exchange/bybit/stream/outages.ts';
import { HandTime } from './hand-time.ts';

let lines: { level: number; msg: string; topics: string; severity?: string; forSeconds?: number }[];
let local: HandTime;
let outages: Outages;

beforeEach(() => {
  lines = [];
  local = new HandTime();
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  outages = new Outages(log, local, { criticalAfterMs: 60_000, remindEveryMs: 900_000 });
});

describe('what is missing', () => {
  it('is critical after a minute, and again every quarter of an hour', async () => {
    outages.begin(['tickers.BTCUSDT'], 'refused');
    await local.pass(59_000);
    expect(lines).toEqual([]);
    await local.pass(1_001);
    expect(lines).toMatchObject([{ level: 60, topics: 'tickers.BTCUSDT', forSeconds: 60 }]);
    await local.pass(1_800_000);
    expect(lines).toHaveLength(3);
  });

  it('counts from its beginning, however often it is reported meanwhile', async () => {
    for (let at = 0; at < 6; at += 1) {
      outages.begin(['tickers.BTCUSDT'], `the ${at}th socket failed`);
      await local.pass(10_001);
    }
    expect(lines).toMatchObject([{ reason: 'the 5th socket failed' }]);
  });

  it('and comes soon is never critical; later its return is logged', async () => {
    outages.begin(['a', 'b'], 'refused');
    await local.pass(30_000);
    outages.end(['a']);
    await local.pass(31_000);
    expect(lines.map(({ topics }) => topics)).toEqual(['b']);
    outages.end(['a', 'b']);
    expect(lines.at(-1)).toMatchObject({ topics: 'b', msg: 'topics that were missing deliver again' });
  });

  it('is one line for one reason, whatever their number', async () => {
    outages.begin(
      Array.from({ length: 500 }, (_, at) => `t${at}`),
      'refused',
    );
    await local.pass(61_000);
    expect(lines.map(({ topics }) => topics)).toEqual(['t0, t1, t2, t3, t4 and 495 more']);
  });

  it('and no longer wanted is no outage', async () => {
    outages.begin(['a'], 'refused');
    outages.forget('a');
    await local.pass(120_000);
    expect(lines).toEqual([]);
  });
});
