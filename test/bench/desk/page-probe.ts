/** What runs inside the page to be measured: how often it draws, and when a price stood on it. Scripts as text, for they run there. */
import type { Page } from '../../support/browser/open-browser.ts';

export interface Frames {
  readonly perSecond: number;
  /** The longest time between two frames. */
  readonly longestMs: number;
}

/** @param each a statement that is run at each frame, e.g. one that scrolls */
export const framesOf = (page: Page, durationMs: number, each = ''): Promise<Frames> =>
  page.evaluate<Frames>(`new Promise((resolve) => {
    const startMs = performance.now();
    let [frames, lastMs, longestMs] = [0, startMs, 0];
    const onFrame = (nowMs) => {
      ${each};
      frames += 1;
      longestMs = Math.max(longestMs, nowMs - lastMs);
      lastMs = nowMs;
      if (nowMs - startMs < ${durationMs}) requestAnimationFrame(onFrame);
      else resolve({ perSecond: (frames * 1000) / (nowMs - startMs), longestMs });
    };
    requestAnimationFrame(onFrame);
  })`);

/** From now on the page notes when each figure of a price was drawn first. */
export const watchPrices = (page: Page): Promise<void> =>
  page.evaluate(`{
    const drawn = new Map();
    window.drawnPrices = drawn;
    new MutationObserver((changes) => {
      for (const { target, addedNodes } of changes)
        for (const text of [target.textContent, ...[...addedNodes].map((node) => node.textContent)]) {
          const [figure] = /^\\d[\\d,]*\\.\\d+/.exec((text ?? '').slice(0, 40)) ?? [];
          const price = figure?.replaceAll(',', '');
          if (price !== undefined && !drawn.has(price)) {
            drawn.set(price, Infinity);
            requestAnimationFrame(() => drawn.set(price, Date.now()));
          }
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);

/** @returns when it was drawn, ms since epoch; `null` while it was not */
export const drawnAtMs = (page: Page, price: string): Promise<number | null> =>
  page.evaluate<number | null>(
    `{ const at = window.drawnPrices.get(${JSON.stringify(price)}); at === undefined || at === Infinity ? null : at }`,
  );

/** Bytes on the wire of everything that the page has loaded, as compressed, with headers. */
export const loadedBytes = (page: Page): Promise<number> =>
  page.evaluate<number>(
    `[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name }) => !new URL(name).pathname.startsWith('/api/'))
      .reduce((sum, { transferSize }) => sum + transferSize, 0)`,
  );
