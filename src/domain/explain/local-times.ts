/**
 * Times in the reader's zone. Sentences are made with UTC; here the moments in a text are said again in another zone, so that
 * no sentence has to know a reader. Daily hours that are rules of a task stay as the task has them.
 */
import { hourMs, minuteMs } from '../units.ts';
import { localMs, utc } from '../zones.ts';

const two = (figure: number): string => String(figure).padStart(2, '0');

/** `2026-11-30 14:05` as clocks of the zone show it. */
export const localMinuteText = (atMs: number, zone: string): string =>
  new Date(localMs(atMs, zone)).toISOString().slice(0, 16).replace('T', ' ');

/** `UTC`, `UTC+1`, `UTC-3:30`: what clocks of the zone are ahead by at that moment. */
export function offsetText(atMs: number, zone: string): string {
  const whole = Math.floor(atMs / minuteMs) * minuteMs;
  const ahead = localMs(whole, zone) - whole;
  if (ahead === 0) return utc;
  const minutes = Math.round((Math.abs(ahead) % hourMs) / minuteMs);
  const hours = Math.floor(Math.abs(ahead) / hourMs);
  return `UTC${ahead < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${two(minutes)}`}`;
}

const day = String.raw`\d{4}-\d\d-\d\d`;
const clock = String.raw`\d\d:\d\d`;
const moments = new RegExp(String.raw`\b(${day}) (${clock})(:\d\d)?(?: to (${clock}))?( UTC)?`, 'g');

/** The same text with its moments in that zone, each as `2026-11-30 14:05`, and `UTC` said as what the zone is ahead by. */
export function withLocalTimes(text: string, zone: string): string {
  if (zone === utc) return text;
  const pieces: string[] = [];
  let end = 0;
  for (const found of text.matchAll(moments)) {
    pieces.push(text.slice(end, found.index), momentText(found, zone));
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)].join('');
}

function momentText([all, date = '', from = '', second, to, ends]: RegExpExecArray, zone: string): string {
  const atMs = Date.parse(`${date}T${from}${second ?? ':00'}Z`);
  if (Number.isNaN(atMs)) return all;
  const begin = `${localMinuteText(atMs, zone)}${second ?? ''}`;
  const until = to === undefined ? '' : ` to ${endText(date, to, zone)}`;
  return `${begin}${until}${ends === undefined ? '' : ` ${offsetText(atMs, zone)}`}`;
}

/** The end of a span, given by its clock alone. */
function endText(date: string, clockText: string, zone: string): string {
  const atMs = Date.parse(`${date}T${clockText}:00Z`);
  return Number.isNaN(atMs) ? clockText : localMinuteText(atMs, zone);
}
