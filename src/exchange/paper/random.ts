/**
 * Seeded randomness: the same seed gives the same market, the same book sizes and the same ids, so that what a test finds
 * can be repeated. Nothing in the paper exchange calls `Math.random`.
 */
import { createHash } from 'node:crypto';

/** mulberry32: a uniform stream in [0, 1). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One standard normal number out of two uniform ones (Box-Muller). */
export const normalFrom = (uniform: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

/** A number in [0, 1) that belongs to a text, the same in every run (FNV-1a). */
export function hashFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return randomStream(hash)();
}

/** The `counter`-th id of its kind, in the form of a UUID; unique as long as the counter never goes back. */
export function idFor(seed: number, kind: string, counter: number): string {
  const hex = createHash('sha1').update(`${seed}:${kind}:${counter}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
