/**
 * A value outside of React that components subscribe to one by one: what changes ten times a second is shown without rendering
 * anything but the cells that show it.
 */
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  readonly get: () => T;
  readonly set: (value: T) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The newest value; renders again whenever it is another. */
export const useStore = <T>(store: Store<T>): T => useSyncExternalStore(store.subscribe, store.get);

/** Stores by name, made when they are first asked for. */
export function createStores<T>(initial: T): (name: string) => Store<T> {
  const stores = new Map<string, Store<T>>();
  return (name) => {
    const known = stores.get(name);
    if (known) return known;
    const made = createStore(initial);
    stores.set(name, made);
    return made;
  };
}
