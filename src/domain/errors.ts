/**
 * Errors named by what the caller does next. Adapters translate everything they meet into one of
 * these; no layer above looks at an exchange's or a database's own codes.
 */

/** The operation did not happen; the same operation may be tried again, not before `retryAfterMs`. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
  readonly retryAfterMs: number;
  /** The exchange's own, where it gave one; else `""`. */
  readonly code: string;
  constructor(message: string, options: ErrorOptions & { retryAfterMs?: number; code?: string } = {}) {
    super(message, options);
    this.code = options.code ?? '';
    this.retryAfterMs = options.retryAfterMs ?? 1_000;
  }
}

/**
 * Why the exchange refused: `final`: the order is already filled or gone, read it again; `price`: outside the permitted
 * band, price it anew; `margin`: not enough of it, less or later may pass; `symbol`: this contract cannot be traded so
 * now, another may; `request`: wrong in itself, never again; `account`: stop trading.
 */
export type RefusalScope = 'request' | 'final' | 'price' | 'margin' | 'symbol' | 'account';

/** The operation did not happen and never will in this form; `code` is the exchange's own, for the reader. */
export class Terminal extends Error {
  override readonly name = 'Terminal';
  readonly code: string;
  readonly scope: RefusalScope;
  constructor(message: string, options: ErrorOptions & { code?: string; scope?: RefusalScope } = {}) {
    super(message, options);
    this.code = options.code ?? '';
    this.scope = options.scope ?? 'request';
  }
}

/** An account that no daemon is to manage, wherever it runs: something has to be changed about the account itself. */
export class AccountUnmanageable extends Terminal {
  constructor(message: string, options: ErrorOptions & { code?: string } = {}) {
    super(message, { ...options, scope: 'account' });
  }
}

/** Nobody knows whether the operation happened: look it up before anything else. */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
  /** The exchange knows an order under this link id: whatever became of it, it must never be sent again. */
  readonly orderExists: boolean;
  /**
   * There was an answer, but nothing is known about it: a code that is in no table (`unlisted`), or a page instead of an
   * answer. `null` for silence, and for answers that are known to leave the outcome open.
   */
  readonly answered: 'unlisted' | 'page' | null;
  /** The exchange's own, where it gave one; else `""`. */
  readonly code: string;
  constructor(
    message: string,
    options: ErrorOptions & {
      orderExists?: boolean;
      answered?: 'unlisted' | 'page' | null;
      code?: string;
    } = {},
  ) {
    super(message, options);
    this.code = options.code ?? '';
    this.orderExists = options.orderExists ?? false;
    this.answered = options.answered ?? null;
  }
}

/** Somebody else wrote a newer version: we no longer own the task. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The account is another daemon's by now, whether or not this one knows: what was wanted is not wrong, and is that one's to do. */
export class NotHeld extends Conflict {}

/** A person gave a wrong value. Each issue names where, what it was, and what would be right. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
  readonly issues: readonly InputIssue[];
  constructor(subject: string, issues: readonly InputIssue[]) {
    super([subject, ...issues.map((issue) => `  ${describeIssue(issue)}`)].join('\n'));
    this.issues = issues;
  }
}

export interface InputIssue {
  /** Where in the input, e.g. `trigger.index.above` or `ENCRYPTION_KEY`. */
  readonly path: string;
  /** What was found there, already printable; secrets are left out. */
  readonly found: string;
  /** What would be right, as a phrase: `a decimal number above 0, like 25500`. */
  readonly expected: string;
}

const describeIssue = ({ path, found, expected }: InputIssue): string =>
  `${path === '' ? '(top level)' : path}: ${found === '' ? '' : `found ${found}, `}expected ${expected}`;

/** The message of anything thrown, for alerts, journals and answers; the chain of causes stays in the log. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
