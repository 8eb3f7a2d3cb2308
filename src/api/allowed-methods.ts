/**
 * Which methods an address takes, for the answer to one that it does not: the router itself says only that it found nothing. Read off
 * the routes as they are registered.
 */
import type { Api } from './api.ts';

/** @returns what a path (without query) may be asked with, in alphabetical order; empty for a path that is nowhere */
export type AllowedMethods = (path: string) => readonly string[];

/** Has to be called before the first route is registered. */
export function noteMethods(api: Api): AllowedMethods {
  const noted: { readonly method: string; readonly path: RegExp }[] = [];
  api.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) noted.push({ method: one, path: patternOf(url) });
  });
  return (path) =>
    [...new Set(noted.filter((route) => route.path.test(path)).map(({ method }) => method))].sort();
}

/** `:name` stands for one part of a path, `*` for all that follows. */
const patternOf = (url: string): RegExp => {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('/')}$`);
};
