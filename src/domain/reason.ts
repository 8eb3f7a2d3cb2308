/**
 * Why something is so, as data: a code, with the figures that a sentence about it needs. This is what snapshots, journal
 * rows and alerts carry; `explain/` makes the sentence when it is read, so wording can change and stored tasks cannot.
 */

/** Any reason, as far as it matters to those that only hand it on. */
export interface Reason {
  readonly code: string;
  readonly figures: object;
}

/** One reason of a table that says for each code what figures it has. */
export type ReasonOf<Figures> = {
  readonly [Code in keyof Figures & string]: { readonly code: Code; readonly figures: Figures[Code] };
}[keyof Figures & string];

/** A sentence for each code of such a table. */
export type Sentences<Figures> = {
  readonly [Code in keyof Figures & string]: (figures: Figures[Code]) => string;
};
