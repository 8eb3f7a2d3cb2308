/** How a time of day is written in a spec. */
import { hourMs, minuteMs } from '../units.ts';

/** `06:30`, of ms since midnight. */
export function clockForm(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / hourMs)}:${two((ms % hourMs) / minuteMs)}`;
}
