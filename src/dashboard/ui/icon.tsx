/** The few signs that the page uses, as outlines on a grid of 16: each stands beside a word, or has one for screen readers. */
import type { ReactNode } from 'react';

const paths = {
  alert: 'M8 2 14.5 13.5h-13zM8 6.5v3M8 11.6v.1',
  back: 'M10.5 3.5 6 8l4.5 4.5',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8zM6.8 14.2h2.4',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  clock: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 4.6V8l2.3 1.6',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M5.5 5.5h8v8h-8zM10.5 2.5h-8v8',
  desk: 'M2 3.5h12M2 8h12M2 12.5h7',
  down: 'M8 3v10m-4-4 4 4 4-4',
  external: 'M9 2.5h4.5V7M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4',
  first: 'M4 3.5v9M12 3.5 7.5 8l4.5 4.5',
  flask: 'M6 2h4M6.7 2v4.2L2.8 13a.7.7 0 0 0 .6 1h9.2a.7.7 0 0 0 .6-1L9.3 6.2V2M5 10h6',
  forward: 'M5.5 3.5 10 8l-4.5 4.5',
  gear: 'M8 5.6a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8M8 1.8v1.8M8 12.4v1.8M1.8 8h1.8M12.4 8h1.8M3.6 3.6l1.3 1.3M11.1 11.1l1.3 1.3M12.4 3.6l-1.3 1.3M4.9 11.1l-1.3 1.3',
  halt: 'M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2zM5.5 8h5',
  info: 'M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8M8 7.4v3.8M8 4.8v.1',
  last: 'M12 3.5v9M4 3.5 8.5 8 4 12.5',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1.3-1.3a3.2 3.2 0 0 1 4.5 4.5L11.5 9M9 11.5 7.7 12.8a3.2 3.2 0 0 1-4.5-4.5L4.5 7',
  lost: 'M1.8 6.2a9 9 0 0 1 3-1.9M8 3.7a9 9 0 0 1 6.2 2.5M4 9a5.7 5.7 0 0 1 2.2-1.4M10 7.7A5.7 5.7 0 0 1 12 9M8 12.3v.1M2 2l12 12',
  machine: 'M2 3h4.5v4H2zM9.5 9H14v4H9.5zM4.3 7v4h5.2',
  minus: 'M3 8h10',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'm4.5 2.8 8 5.2-8 5.2z',
  plus: 'M8 3v10M3 8h10',
  queue: 'M3 4h10M3 8h6M3 12h3',
  roll: 'M13.5 6.5A5.8 5.8 0 0 0 3 5.3M2.5 9.5A5.8 5.8 0 0 0 13 10.7M2.8 2.3v3.2H6M13.2 13.7v-3.2H10',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.3 10.3l3.2 3.2',
  system: 'M2.5 2.8h11v4h-11zM2.5 9.2h11v4h-11zM5 4.8v.1M5 11.2v.1',
  up: 'M8 13V3M4 7l4-4 4 4',
  user: 'M8 2.2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6M2.8 13.8a5.2 5.2 0 0 1 10.4 0',
} as const;

export type IconName = keyof typeof paths;

/** Hidden from screen readers: say it in words beside it. */
export const Icon = ({ name }: { readonly name: IconName }): ReactNode => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
);
