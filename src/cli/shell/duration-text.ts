/** `12.5 s`, `5.0 min`, `112.0 h`. */
export const durationText = (ms: number): string =>
  ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : ms < 7_200_000 ? minutesText(ms) : hoursText(ms);
const minutesText = (ms: number): string => `${(ms / 60_000).toFixed(1)} min`;
const hoursText = (ms: number): string => `${(ms / 3_600_000).toFixed(1)} h`;
