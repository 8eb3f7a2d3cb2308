/** How a time is written in a spec and in what is said about one. */
import { hourMs, minuteMs } from '../units.ts';

/** `06:30`, of ms since midnight. */
export function clockForm(ms: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(ms / hourMs)}:${two((ms % hourMs) / minuteMs)}`;
}

/** `2023-03-31 08:00`, UTC. */
export const momentForm = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, '2023-03-31T08:00'.length).replace('T', ' ');
