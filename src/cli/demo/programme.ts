/**
 * What the demo plays: the positions and their tasks, and how fast. Played to the end it is as fast as its parts can follow;
 * watched in a browser it is slow enough for people, one position waits for an answer, and one for a task.
 */
import type { PacingOptions } from '../../exchange/paper/player.ts';
import { bundledTapePath } from '../../exchange/paper/bundled-tape.ts';

export interface Programme {
  readonly specs: readonly DemoSpec[];
  readonly positions: 'four' | 'five';
  /** Symbols that the account holds as well, and that no task manages. */
  readonly unmanaged: readonly string[];
  readonly pacing: PacingOptions;
}

interface DemoSpec {
  readonly symbol: string;
}

export const demoTapePath = bundledTapePath;
export const heldQty = '0.5';

const execution = { style: 'walk', every: '300ms', steps: 3, deadline: '10s' };
const guards = { cooldown: '1m' };

/**
 * Four positions of 1 March 2023, with the index at 23 140: a call above the market and a put below that follow the price,
 * a call that is rolled when its delta grows, and a put that is rolled to a later expiry.
 */
export const demoSpecs = [
  { symbol: 'BTC-31MAR23-25000-C-USDT', trigger: 24_500, target: '+1000', execution, guards },
  { symbol: 'BTC-31MAR23-22000-P-USDT', trigger: 22_500, target: '-1000', execution, guards },
  {
    symbol: 'BTC-31MAR23-26500-C-USDT',
    trigger: { delta: { above: 0.45 } },
    target: { strike: 'delta 0.2' },
    execution,
    guards,
  },
  {
    symbol: 'BTC-10MAR23-21000-P-USDT',
    trigger: { daysToExpiry: { below: 2 } },
    target: { strike: 'same', expiry: 'min 14d' },
    execution: { ...execution, slippage: { max: '20%' } },
    guards,
  },
] as const;

export const playedToTheEnd: Programme = {
  specs: demoSpecs,
  positions: 'four',
  unmanaged: [],
  // From the last reading to the order lies a commit, which takes its time on a busy disk; the tape must not be minutes ahead then.
  pacing: { startWhen: 'called', quietMs: 1_000 },
};

/** Each leg takes some seconds. */
const watchedExecution = { every: '2s', deadline: '30s' };

const askedFirst = {
  symbol: 'BTC-31MAR23-24000-C-USDT',
  trigger: 23_700,
  target: '+1000',
  approval: { timeout: '1m', otherwise: 'roll' },
  execution: { ...execution, ...watchedExecution },
  // Two days of the tape are half a minute: who declines is not asked again at once.
  guards: { cooldown: '2d' },
};

/** Some two hours of the tape in a second, and a pause after each roll: five minutes or so. What the page asks the exchange holds the tape, too. */
export const watched: Programme = {
  specs: [
    ...demoSpecs.map((spec) => ({ ...spec, execution: { ...spec.execution, ...watchedExecution } })),
    askedFirst,
  ],
  positions: 'five',
  unmanaged: ['BTC-31MAR23-20000-P-USDT'],
  pacing: { startWhen: 'called', minuteMs: 5, quietMs: 600, afterOrderMs: 6_000 },
};
