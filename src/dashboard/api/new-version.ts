/**
 * Finds out that the daemon serves another build of the page than the one that is open, as after an upgrade: the open one's remaining
 * files are gone from the server then, so that its other pages cannot be loaded any more.
 */
import { createStore, type Store } from './store.ts';

/** Another build is served. It stays so until the page is loaded again. */
export const isOutdated: Store<boolean> = createStore(false);

const entryIn = (page: Document): string | null =>
  page.querySelector('script[type=module][src]')?.getAttribute('src') ?? null;

/** Compares the entry of the page as it is served now with the open one's. Without an answer nothing is known. */
export async function lookForNewVersion(): Promise<boolean> {
  if (isOutdated.get()) return true;
  const served = await fetch('/', { headers: { accept: 'text/html' }, cache: 'no-cache' })
    .then((response) => (response.ok ? response.text() : ''))
    .catch(() => '');
  const entry = entryIn(new DOMParser().parseFromString(served, 'text/html'));
  if (entry !== null && entry !== entryIn(document)) isOutdated.set(true);
  return isOutdated.get();
}

/** Something is being written, or asked back, that a reload would lose. */
const isBusy = (): boolean => document.querySelector('textarea, dialog[open]') !== null;

/**
 * Loads a part of the page. Where it is gone because another build is served, the page is loaded anew by itself, unless that would lose
 * what a person has begun; then the part fails, and the frame says why.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    if ((await lookForNewVersion()) && !isBusy()) {
      location.reload();
      // Until the browser has done so.
      return new Promise(() => undefined);
    }
    throw error;
  }
}
