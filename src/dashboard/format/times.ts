/** Moments as people of a locale write them: always with a zone, in the viewer's or in UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();
const formatOf = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = `${locale} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, options);
  formats.set(key, made);
  return made;
};

const dayOptions = { year: 'numeric', month: 'short', day: 'numeric' } as const;
const timeOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

/** `14 Mar 2023, 12:45:59 GMT+1`. @param zone default: the viewer's */
export const momentText = (atMs: number, locale: string, zone?: string): string =>
  formatOf(locale, {
    ...dayOptions,
    ...timeOptions,
    timeZoneName: 'short',
    ...(zone !== undefined && { timeZone: zone }),
  }).format(atMs);

/** `12:45:59`. */
export const clockText = (atMs: number, locale: string, zone?: string): string =>
  formatOf(locale, { ...timeOptions, ...(zone !== undefined && { timeZone: zone }) }).format(atMs);

/** `14 Mar, 12:45`: for lists, whose full moments are in a title. */
export const shortMomentText = (atMs: number, locale: string): string =>
  formatOf(locale, {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(atMs);

/** `31 Mar 2023`, of a day in UTC: deliveries are at 08:00 UTC. */
export const utcDayText = (atMs: number, locale: string): string =>
  formatOf(locale, { ...dayOptions, timeZone: 'UTC' }).format(atMs);

/** The viewer's zone as its database names it: `Europe/Berlin`. */
export const viewersZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** The largest unit that fits: `12 s`, `3 min`, `5 h`, `17 days`. */
export function durationText(ms: number, locale: string): string {
  const size = Math.max(0, ms);
  const [unit, unitMs] = units.find(([, each]) => size >= each) ?? (['second', 1_000] as const);
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: unit === 'day' ? 'long' : 'short',
    maximumFractionDigits: 0,
  }).format(Math.floor(size / unitMs));
}
