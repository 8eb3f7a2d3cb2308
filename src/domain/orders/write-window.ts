/**
 * How old a decision may be when the exchange still acts on it, and when an order that is nowhere to be found was
 * therefore never placed. The exchange itself keeps the bound: a request is signed at the latest `sendWithinMs` after the
 * turn that decided it, and refused `arriveWithinMs` after its signature. So a daemon that is stopped at any moment,
 * for any time, cannot place an order that its successor has already settled as absent. A computer whose clock stood
 * still (a suspended laptop) signs with the time of before, and is refused for that.
 */
import type { ExchangeTimes } from '../market/exchange-rules.ts';

/** How long after its decision a request may be signed. */
export const sendWithinMs = 2_000;

/** From when on an empty look-up proves that the order of an earlier decision was never placed and never will be. */
export const absenceProvenAfterMs = (times: ExchangeTimes): number =>
  sendWithinMs + times.arriveWithinMs + times.clockSkewMaxMs + times.visibleWithinMs;
