/**
 * What the desk costs the browser, in a real one under a real daemon: frames while a thousand rows are live and while ten thousand are
 * scrolled, how long a price is on its way from the exchange to the screen, and what has to be loaded before anything is shown.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench } from '../harness/bench.ts';
import { atLeast, atMost, percentile } from '../harness/comparison.ts';
import { openDeskStage, type DeskStage } from '../desk/desk-stage.ts';
import { drawnAtMs, framesOf, loadedBytes, watchPrices, type Frames } from '../desk/page-probe.ts';

const framesWanted = 50;
const firstLoadMaxBytes = 200_000;
const tickToPageMaxMs = 150;
const updateEveryMs = 100;
const patienceMs = 10_000;

/** Ten prices a second, each another one, while something is measured. */
async function whilePricesMove<T>({ setIndex }: DeskStage, measure: () => Promise<T>): Promise<T> {
  const state = { isOver: false };
  const moving = (async () => {
    for (let at = 0; !state.isOver; at += 1) {
      await setIndex((23_500 + Math.sin(at / 7) * 40 + (at % 100) / 100).toFixed(2));
      await sleep(updateEveryMs);
    }
  })();
  try {
    return await measure();
  } finally {
    state.isOver = true;
    await moving;
  }
}

/** Each price one hundredth above the one before, so that every figure is new. */
async function ticksToPage({ page, setIndex }: DeskStage, total: number): Promise<number[]> {
  await watchPrices(page);
  const waits: number[] = [];
  for (let at = 0; at < total; at += 1) {
    const price = (23_600.01 + at / 100).toFixed(2);
    const sentMs = Date.now();
    await setIndex(price);
    waits.push((await drawn(page, price)) - sentMs);
    await sleep(37);
  }
  return waits;
}

async function drawn(page: DeskStage['page'], price: string): Promise<number> {
  for (const endMs = Date.now() + patienceMs; Date.now() < endMs;) {
    await sleep(50);
    const atMs = await drawnAtMs(page, price);
    if (atMs !== null) return atMs;
  }
  throw new Error(`the price ${price} was never on the page`);
}

const framesText = (frames: readonly Frames[]): string => {
  const perSecond = frames.map((each) => each.perSecond.toFixed(0)).join(', ');
  return `${perSecond} frames a second, longest gap ${Math.max(...frames.map(({ longestMs }) => longestMs)).toFixed(0)} ms`;
};

/** Down the list, and back up when its end is near. */
const scrollOn = `{
  const list = document.scrollingElement;
  window.direction = list.scrollTop < 1 ? 1 : list.scrollTop + innerHeight > list.scrollHeight - 2 ? -1 : (window.direction ?? 1);
  list.scrollTop += 60 * window.direction;
}`;

const bench: Bench = {
  measures: 'frames, ticks and bytes of the desk in a browser',
  async *run({ rounds, quick, say }) {
    const durationMs = quick ? 1_000 : 5_000;
    const live = await openDeskStage(quick ? 100 : 1_000);
    try {
      const bytes = await loadedBytes(live.page);
      yield {
        case: 'first load, as compressed',
        against: '200 kB',
        reach: atMost(1),
        rounds: [bytes / firstLoadMaxBytes],
        figures: `${(bytes / 1_000).toFixed(0)} kB`,
      };
      const frames: Frames[] = [];
      for (let round = 0; round < rounds; round += 1)
        frames.push(await whilePricesMove(live, () => framesOf(live.page, durationMs)));
      say(framesText(frames));
      yield {
        case: '1,000 live rows, 10 prices a second',
        against: `${framesWanted} frames a second`,
        reach: atLeast(1),
        rounds: frames.map(({ perSecond }) => perSecond / framesWanted),
        figures: framesText(frames),
      };
      const waits = await ticksToPage(live, quick ? 10 : 100);
      const [middle, most] = [percentile(waits, 0.5), percentile(waits, 0.95)];
      yield {
        case: 'price at the exchange to price on the page, p95',
        against: `${tickToPageMaxMs} ms`,
        reach: atMost(1),
        rounds: [most / tickToPageMaxMs],
        figures: `p50 ${middle} ms, p95 ${most} ms`,
      };
    } finally {
      await live.close();
    }
    const many = await openDeskStage(quick ? 500 : 10_000);
    try {
      const frames: Frames[] = [];
      for (let round = 0; round < rounds; round += 1)
        frames.push(await whilePricesMove(many, () => framesOf(many.page, durationMs, scrollOn)));
      yield {
        case: '10,000 rows scrolled, 10 prices a second',
        against: `${framesWanted} frames a second`,
        reach: atLeast(1),
        rounds: frames.map(({ perSecond }) => perSecond / framesWanted),
        figures: framesText(frames),
      };
    } finally {
      await many.close();
    }
  },
};

export default bench;
