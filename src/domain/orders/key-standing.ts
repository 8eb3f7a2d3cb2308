/**
 * How the key of an account stands from one look at it to the next: what was found, and which alerts are due because of it. A
 * key that has become unusable is alerted once, and once more when it is usable again; one that ends is alerted some days
 * ahead. Plain JSON, because it is stored with the account: another daemon goes on where this one stopped.
 */
import type { Alert } from '../alert.ts';
import { dayMs } from '../units.ts';
import { isRefusing, judgeKey, type KeyFacts, type KeyFinding } from './key-facts.ts';

export interface KeyStanding {
  /** Exchange time. */
  readonly checkedAtMs: number;
  readonly findings: readonly KeyFinding[];
  /** When the key ends; `null` when it does not, or the exchange does not say. */
  readonly expiresAtMs: number | null;
  /** The last number of days ahead of that end that was alerted; `null` before the first. */
  readonly alertedDays: number | null;
}

export interface KeyAlertFigures {
  readonly keyUnfit: { readonly name: string; readonly finding: KeyFinding };
  readonly keyFit: { readonly name: string; readonly finding: KeyFinding };
  readonly keyEnds: { readonly name: string; readonly expiresAtMs: number; readonly days: number };
}

/** Days ahead of the end of a key at which it is alerted, and how loudly. */
const endAlerts = [
  { days: 1, severity: 'critical' },
  { days: 3, severity: 'critical' },
  { days: 7, severity: 'warning' },
  { days: 14, severity: 'info' },
] as const;

/** The same end, said again: an exchange may count whole days. */
const sameEndMs = dayMs;

/** Which answer makes a finding go away; without that answer nothing is known, and what was found stays. */
const factOf: Readonly<Partial<Record<KeyFinding['code'], keyof KeyFacts>>> = {
  keyMayWithdraw: 'mayWithdraw',
  keyReadOnly: 'isReadOnly',
  keyWithoutOptions: 'mayTradeOptions',
  accountNotUnified: 'isUnified',
  marginIsolated: 'marginMode',
};

/** Of this computer rather than of the key. */
const clockCodes: ReadonlySet<string> = new Set<KeyFinding['code']>(['clockOff', 'timeRefused']);

export interface KeyNews {
  readonly standing: KeyStanding;
  readonly alerts: readonly Alert[];
}

/**
 * The standing after one more look, and the alerts that are due now.
 * @param before `null` before the first look
 * @param name of the account, as people know it
 */
export function lookAtKey(before: KeyStanding | null, facts: KeyFacts, name: string): KeyNews {
  const found = judgeKey(facts).filter(({ code }) => !clockCodes.has(code));
  const kept = (before?.findings ?? []).filter(({ code }) => {
    const fact = factOf[code];
    return fact !== undefined && facts[fact] === null;
  });
  const findings = [...kept, ...found];
  const news = endNews(before, facts, name);
  const standing = { checkedAtMs: facts.atMs, findings, ...news.end };
  return { standing, alerts: [...changesOf(before?.findings ?? [], findings, name), ...news.alerts] };
}

function changesOf(before: readonly KeyFinding[], now: readonly KeyFinding[], name: string): Alert[] {
  const without = (these: readonly KeyFinding[], those: readonly KeyFinding[]): KeyFinding[] =>
    these.filter((finding) => isRefusing(finding) && !those.some(({ code }) => code === finding.code));
  return [
    ...without(now, before).map((finding) => ({
      severity: 'critical' as const,
      code: 'keyUnfit',
      figures: { name, finding },
    })),
    ...without(before, now).map((finding) => ({
      severity: 'info' as const,
      code: 'keyFit',
      figures: { name, finding },
    })),
  ];
}

function endNews(
  before: KeyStanding | null,
  { atMs, expiresAtMs }: KeyFacts,
  name: string,
): {
  readonly end: Pick<KeyStanding, 'expiresAtMs' | 'alertedDays'>;
  readonly alerts: readonly Alert[];
} {
  if (expiresAtMs === null) return { end: { expiresAtMs, alertedDays: null }, alerts: [] };
  const lastEndMs = before?.expiresAtMs ?? null;
  const isSameEnd = lastEndMs !== null && Math.abs(expiresAtMs - lastEndMs) <= sameEndMs;
  const alertedDays = isSameEnd ? (before?.alertedDays ?? null) : null;
  const leftMs = expiresAtMs - atMs;
  const due = endAlerts.find(({ days }) => leftMs <= days * dayMs);
  if (due === undefined || leftMs <= 0) return { end: { expiresAtMs, alertedDays }, alerts: [] };
  if (alertedDays !== null && alertedDays <= due.days)
    return { end: { expiresAtMs, alertedDays }, alerts: [] };
  const { severity, days } = due;
  const figures = { name, expiresAtMs, days };
  return { end: { expiresAtMs, alertedDays: days }, alerts: [{ severity, code: 'keyEnds', figures }] };
}
