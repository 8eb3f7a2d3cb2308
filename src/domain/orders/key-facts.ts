/**
 * What an exchange says of an API key and its account, and what that means for a program that is to trade options with it:
 * some answers make the key unusable, others are worth a warning. An answer that the exchange does not give is `null`, and
 * only a warning: what keeps the account from trading is noticed later, too (account-trouble.ts).
 */
import type { MarginMode } from '../market/pre-check.ts';
import type { ReasonOf } from '../reason.ts';
import { dayMs } from '../units.ts';

export interface KeyFacts {
  /** When the exchange said so, exchange time. */
  readonly atMs: number;
  /** The exchange's user that the key belongs to. */
  readonly userId: string | null;
  readonly isReadOnly: boolean | null;
  readonly mayTradeOptions: boolean | null;
  readonly mayWithdraw: boolean | null;
  /** Whether it is accepted from certain addresses only. */
  readonly isBoundToAddress: boolean | null;
  /** `null` for a key without an end, too. */
  readonly expiresAtMs: number | null;
  /** Whether the account is of the kind in which options are traded. */
  readonly isUnified: boolean | null;
  readonly marginMode: MarginMode | null;
  readonly clock: ClockFacts;
}

export interface ClockFacts {
  /** How far the exchange's clock is ahead of this computer's; `null` where the exchange's date is not today's. */
  readonly aheadMs: number | null;
  /** The exchange refused the time of a signed request, in its words; `null` when it took it. */
  readonly refused: string | null;
}

export interface KeyFindingFigures {
  readonly keyReadOnly: object;
  readonly keyWithoutOptions: object;
  readonly keyMayWithdraw: object;
  readonly accountNotUnified: object;
  readonly marginIsolated: object;
  readonly timeRefused: { readonly said: string; readonly aheadMs: number | null };
  readonly clockOff: { readonly aheadMs: number };
  readonly keyUnbound: { readonly expiresAtMs: number | null };
  readonly keyExpires: { readonly expiresAtMs: number };
  readonly keyExpired: { readonly expiresAtMs: number };
  /** The exchange could not be asked at all. */
  readonly notAsked: { readonly said: string };
  /** @property what names of facts that the exchange did not give */
  readonly notSaid: { readonly what: readonly AskedFact[] };
}

export type KeyFinding = ReasonOf<KeyFindingFigures>;

const askedFacts = ['isReadOnly', 'mayTradeOptions', 'mayWithdraw', 'marginMode'] as const;
export type AskedFact = (typeof askedFacts)[number];

const refusing: ReadonlySet<string> = new Set<KeyFinding['code']>([
  'keyReadOnly',
  'keyWithoutOptions',
  'keyMayWithdraw',
  'accountNotUnified',
  'marginIsolated',
  'timeRefused',
  'keyExpired',
]);

/** Whether a key of which this is found must not be used; everything else is a warning. */
export const isRefusing = ({ code }: Pick<KeyFinding, 'code'>): boolean => refusing.has(code);

/** A key that ends sooner than this is worth a warning. */
const expiresSoonMs = 14 * dayMs;
/** Requests are signed with the exchange's time, so a wrong clock of this computer only makes its log hard to read. */
const clockOffMaxMs = 1_000;

/** What is found, what makes the key unusable first. */
export function judgeKey(facts: KeyFacts): readonly KeyFinding[] {
  return [...refusalsOf(facts), ...warningsOf(facts)];
}

function refusalsOf(facts: KeyFacts): KeyFinding[] {
  const { atMs, expiresAtMs, clock } = facts;
  const found: KeyFinding[] = [];
  if (facts.mayWithdraw === true) found.push({ code: 'keyMayWithdraw', figures: {} });
  if (facts.isReadOnly === true) found.push({ code: 'keyReadOnly', figures: {} });
  if (facts.mayTradeOptions === false) found.push({ code: 'keyWithoutOptions', figures: {} });
  if (facts.isUnified === false) found.push({ code: 'accountNotUnified', figures: {} });
  if (facts.marginMode === 'isolated') found.push({ code: 'marginIsolated', figures: {} });
  if (clock.refused !== null)
    found.push({ code: 'timeRefused', figures: { said: clock.refused, aheadMs: clock.aheadMs } });
  if (expiresAtMs !== null && expiresAtMs <= atMs)
    found.push({ code: 'keyExpired', figures: { expiresAtMs } });
  return found;
}

function warningsOf(facts: KeyFacts): KeyFinding[] {
  const { atMs, expiresAtMs, clock } = facts;
  const found: KeyFinding[] = [];
  if (facts.isBoundToAddress === false) found.push({ code: 'keyUnbound', figures: { expiresAtMs } });
  if (expiresAtMs !== null && expiresAtMs > atMs && expiresAtMs - atMs <= expiresSoonMs)
    found.push({ code: 'keyExpires', figures: { expiresAtMs } });
  if (clock.aheadMs !== null && Math.abs(clock.aheadMs) > clockOffMaxMs)
    found.push({ code: 'clockOff', figures: { aheadMs: clock.aheadMs } });
  const what = clock.refused === null ? askedFacts.filter((name) => facts[name] === null) : [];
  if (what.length > 0) found.push({ code: 'notSaid', figures: { what } });
  return found;
}
