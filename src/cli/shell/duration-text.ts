/** A span of time for people at a terminal, in the unit that fits its length. */
import { hourMs, minuteMs } from '../../domain/units.ts';

/** `12.5 s`, `5.0 min`, `112.0 h`. */
export function durationText(ms: number): string {
  if (ms < minuteMs) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 2 * hourMs ? `${(ms / minuteMs).toFixed(1)} min` : `${(ms / hourMs).toFixed(1)} h`;
}
