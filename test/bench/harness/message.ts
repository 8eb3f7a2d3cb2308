/** What the command and the process of a bench say to each other. */
import type { Comparison } from './comparison.ts';

export interface Order {
  readonly name: string;
  readonly rounds: number;
  readonly quick: boolean;
}

export type Message =
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'comparison'; readonly comparison: Comparison; readonly figures: string };
