/** What the window is like, and rendered again when that changes: media queries, and how large its letters are. */
import { useSyncExternalStore } from 'react';
import { createStore, useStore } from '../api/store.ts';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

const measureRem = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
const rem = createStore(measureRem());
addEventListener('resize', () => rem.set(measureRem()));

/** Of one rem, px. Measured when the window changes, not whenever it is asked for: measuring makes the browser lay out. */
export const useRem = (): number => useStore(rem);
