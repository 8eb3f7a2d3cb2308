/** Days, moments and access as people type and read them on the command line. */
import { BadInput } from '../../domain/errors.ts';
import { timeText } from '../shell/output.ts';

const dayMs = 86_400_000;

/** @throws BadInput naming the option */
export function wholeNumber(path: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new BadInput('This is no whole number', [
    { path, found: JSON.stringify(text), expected: 'a whole number, like 30' },
  ]);
}

/** A day means its end, all in UTC. @throws BadInput */
export function momentAt(path: string, text: string): number {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? Date.parse(`${text}T00:00:00Z`) + dayMs
    : /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/.test(text)
      ? Date.parse(text)
      : NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new BadInput('This is no moment', [
    {
      path,
      found: JSON.stringify(text),
      expected: 'a day like 2027-01-31, or a moment like 2027-01-31T12:00Z',
    },
  ]);
}

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: dayMs };

/** A day means its beginning, in UTC; `7d`, `12h`, `30m` so long ago. @throws BadInput */
export function sinceMs(path: string, text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return Date.now() - Number(amount) * (units[unit] ?? 0);
  const atMs = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new BadInput('This is no moment', [
    {
      path,
      found: JSON.stringify(text),
      expected: 'a day like 2027-01-31, a moment like 2027-01-31T12:00Z, or 7d, 12h, 30m',
    },
  ]);
}

interface Access {
  readonly accessUntilMs: number | null;
  readonly bannedAtMs: number | null;
}

/** `without end`, `until 2027-01-31 00:00:00 UTC`, `ended …`, `banned since …`. */
export function accessText({ accessUntilMs, bannedAtMs }: Access): string {
  if (bannedAtMs !== null) return `banned since ${timeText(bannedAtMs)}`;
  if (accessUntilMs === null) return 'without end';
  return `${accessUntilMs > Date.now() ? 'until' : 'ended'} ${timeText(accessUntilMs)}`;
}

/** `operator`, or the user by name. */
export const doerText = (by: string, byName: string | null): string => byName ?? by;
