/** Answers to requests with an idempotency key, kept for a day: a request that comes again gets the same one, and does nothing. */

/** A request, as far as it has to be told from others. */
export interface KeyedRequest {
  /** As `Act.by`. */
  readonly caller: string;
  /** SHA-256 of the key that the caller chose. */
  readonly keyHash: Buffer;
  /** SHA-256 of what is asked. */
  readonly requestHash: Buffer;
}

export interface KeptAnswer {
  readonly status: number;
  /** As it was sent. */
  readonly body: string;
}

export type RequestStanding =
  /** It has not been worked, or was given up: the caller of this works it, for a minute at most. */
  | {
      readonly kind: 'begun';
      /** When its key was first used: the same for every try, another one once the key is forgotten. */
      readonly begunAt: string;
    }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** It is being worked just now. */
  | { readonly kind: 'underWay' }
  /** The key was used for something else. */
  | { readonly kind: 'otherRequest' };

export interface KeptAnswers {
  begin(request: KeyedRequest): Promise<RequestStanding>;
  /** @param answer `null` when there is none to be kept: the next request with this key is worked */
  finish(request: KeyedRequest, answer: KeptAnswer | null): Promise<void>;
}
