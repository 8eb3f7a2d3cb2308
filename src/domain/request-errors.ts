/**
 * What a request is answered with instead of data, as values: the surface that shows it adds words and advice. None of
 * them names anything that the caller may not see.
 */

/** There is no such thing, as far as the caller may see. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
  readonly what:
    | 'user'
    | 'account'
    | 'task'
    | 'voucher'
    | 'token'
    | 'identity'
    | 'share'
    | 'channel'
    | 'machine'
    | 'backtest'
    | 'price file';
  /** The name or id that was given. */
  readonly sought: string;
  /** The user among whose accounts it was looked for, when one was named. */
  readonly ofUser: string | undefined;
  constructor(what: NotFound['what'], sought: string, ofUser?: string) {
    super(`There is no such ${what}: ${JSON.stringify(sought)}`);
    this.what = what;
    this.sought = sought;
    this.ofUser = ofUser;
  }
}

/** Several accounts that the caller may see have this name. */
export class Ambiguous extends Error {
  override readonly name = 'Ambiguous';
  readonly sought: string;
  constructor(sought: string) {
    super(`More than one account has this name: ${JSON.stringify(sought)}`);
    this.sought = sought;
  }
}

/** A task that the beginning of an id could mean. */
export interface PossibleTask {
  readonly taskId: string;
  readonly state: string;
  readonly symbol: string | null;
}

/** The ids of several tasks that the caller may see begin so. */
export class AmbiguousTask extends Error {
  override readonly name = 'AmbiguousTask';
  readonly sought: string;
  readonly matches: readonly PossibleTask[];
  /** There are more than those named. */
  readonly isCutOff: boolean;
  constructor(
    sought: string,
    matches: readonly PossibleTask[],
    { isCutOff }: { readonly isCutOff: boolean },
  ) {
    super(`Several tasks begin with ${JSON.stringify(sought)}`);
    this.sought = sought;
    this.matches = matches;
    this.isCutOff = isCutOff;
  }
}

/** What was shown to the caller is not how the task stands now: nothing was done. */
export class Outdated extends Error {
  override readonly name = 'Outdated';
  /** The task's version now. */
  readonly version: number;
  constructor(
    taskId: string,
    { expected, version }: { readonly expected: number; readonly version: number },
  ) {
    super(`Task ${taskId} has moved from version ${expected} to ${version} since it was looked at`);
    this.version = version;
  }
}

/** The caller may not do this at all. */
export class NotAllowed extends Error {
  override readonly name = 'NotAllowed';
}

/** It cannot be done now, for a reason that passes. The message is a sentence for the caller; the cause is for the log. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** As many of these wait or are kept as there is room for: later there is room again. */
export class TooMany extends Error {
  override readonly name = 'TooMany';
}

/** Which account has a key already; shown only to a caller that may see it. */
export interface KeyHolder {
  readonly accountId: string;
  readonly name: string;
  readonly userName: string;
}

/** An account with this key, or of the same user of the exchange, is there already: both would trade the same positions. */
export class KeyTaken extends Error {
  override readonly name = 'KeyTaken';
  /** What both accounts have in common: the very key, or the user of the exchange that it belongs to. */
  readonly shared: 'key' | 'user';
  /** `null` when it is not known, or not for the caller to see. */
  readonly holder: KeyHolder | null;
  constructor(shared: 'key' | 'user', holder: KeyHolder | null) {
    super(
      shared === 'key'
        ? 'Another account has this API key'
        : 'Another account belongs to the same user of the exchange',
    );
    this.shared = shared;
    this.holder = holder;
  }
}

/** Why a voucher was not taken. Moments are ms since epoch. */
export type RefusedVoucher =
  /** There is no such code; after some tries more none is looked at until `untilMs`. */
  | { readonly kind: 'unknown'; readonly triesLeft: number; readonly untilMs: number | null }
  /** Too many wrong codes before: this one was not looked at. */
  | { readonly kind: 'locked'; readonly untilMs: number }
  | { readonly kind: 'expired' | 'revoked' | 'usedUp' | 'redeemedBefore' | 'forAnotherUser' | 'banned' };

/** A voucher did not let the person in. */
export class VoucherRefused extends Error {
  override readonly name = 'VoucherRefused';
  readonly refusal: RefusedVoucher;
  constructor(refusal: RefusedVoucher) {
    super(refusalTexts[refusal.kind]);
    this.refusal = refusal;
  }
}

const refusalTexts: Readonly<Record<RefusedVoucher['kind'], string>> = {
  unknown: 'There is no such voucher',
  locked: 'Too many wrong codes: wait before you try again',
  expired: 'This voucher could be redeemed until its end only, which is over',
  revoked: 'This voucher was revoked',
  usedUp: 'This voucher has been redeemed as often as it may be',
  redeemedBefore: 'You have redeemed this voucher before',
  forAnotherUser: 'This voucher is for another user than the one you are here',
  banned: 'Your access was withdrawn by an administrator',
};
