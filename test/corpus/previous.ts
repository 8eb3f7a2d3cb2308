/**
 * The previous version's database, as a file: one account for each state that a roll can be in, each with a task that a daemon of
 * that version left there when it was killed, and the exchange's state of the same moment. Here are the scenes, and how the file is
 * read; `make-previous.ts` plays them with the old program.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import type { SavedState } from '../../src/exchange/paper/state-file.ts';
import type { KeptDatabase } from '../support/kept-database.ts';

export const callSymbol = 'BTC-31MAR23-25000-C-USDT';
export const putSymbol = 'BTC-31MAR23-22000-P-USDT';
export const previousFile = 'test/fixtures/databases/previous.json.br';

export interface Scene {
  /** The account's name. */
  readonly name: string;
  /** Beside what every task has. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Of its account alone, from before its trigger is reached. */
  readonly faults?: readonly FaultRule[];
  /** From the moment at which its first order is there. */
  readonly laterFaults?: readonly FaultRule[];
  /** A command of the old program after the task was added; `TASK` is the task's id, `ACCOUNT` the account's name. */
  readonly command?: readonly string[];
  /** What the task is left in. */
  readonly state: string;
}

const always = 'always' as const;
const closing = { linkIdPrefix: 'close-' };
const opening = { linkIdPrefix: 'open-' };
const silent = (...endpoints: readonly string[]): FaultRule[] =>
  endpoints.map((endpoint) => ({ kind: 'loseRequest', match: { endpoint }, times: always }));
const lookUps = silent('/v5/order/realtime', '/v5/order/history', '/v5/execution/list');
const accountReads = silent('/v5/position/list', '/v5/account/wallet-balance');
/** Walks its price to the far side at once, and has time. */
const patient = { style: 'walk', every: '200ms', steps: 2, deadline: '10m' };

/** A state that passes within seconds is reached when all others stand. */
export const late = { trigger: { index: { above: 24_700 } } };

/** What every task has: at 24 500 it is rolled one thousand up. */
export const specOfAll = {
  symbol: callSymbol,
  trigger: { index: { above: 24_500 } },
  target: '+1000',
  execution: { style: 'cross' },
  guards: { cooldown: '1h' },
};

export const scenes: readonly Scene[] = [
  { name: 'watching', spec: { trigger: { index: { above: 26_500 } } }, state: 'IDLE.watching' },
  { name: 'halted', command: ['halt', '--account', 'ACCOUNT'], state: 'IDLE.watching' },
  {
    name: 'confirming',
    spec: { trigger: { index: { above: 24_500, for: '30m' } } },
    state: 'IDLE.confirming',
  },
  {
    name: 'asking',
    spec: { approval: { timeout: '24h', otherwise: 'skip', tolerance: '1000' } },
    state: 'IDLE.awaitingApproval',
  },
  { name: 'rolled', state: 'IDLE.coolingDown' },
  { name: 'planning', spec: late, faults: accountReads, state: 'ROLL_INITIATED.planning' },
  {
    name: 'closing',
    spec: { execution: patient },
    faults: [{ kind: 'noFill', match: closing, times: always }],
    state: 'ROLL_INITIATED.closingLeg1',
  },
  {
    name: 'closing-in-part',
    spec: { execution: patient },
    faults: [{ kind: 'partialFill', qty: '0.1', match: closing, times: always }],
    state: 'ROLL_INITIATED.closingLeg1',
  },
  {
    name: 'answer-lost',
    spec: { execution: patient },
    faults: [{ kind: 'loseAnswer', match: closing }, ...lookUps],
    state: 'ROLL_INITIATED.closingLeg1',
  },
  {
    name: 'request-lost',
    spec: { execution: patient },
    faults: [{ kind: 'loseRequest', match: closing }, ...lookUps],
    state: 'ROLL_INITIATED.closingLeg1',
  },
  {
    name: 'between',
    spec: late,
    faults: [{ kind: 'delayEffect', ms: 1_000, match: closing }],
    laterFaults: accountReads,
    state: 'LEG1_CLOSED.checkpoint',
  },
  {
    name: 'opening',
    spec: { execution: patient },
    faults: [{ kind: 'noFill', match: opening, times: always }],
    state: 'LEG2_OPENING.opening',
  },
  {
    name: 'opening-in-part',
    spec: { execution: patient },
    faults: [{ kind: 'partialFill', qty: '0.1', match: opening, times: always }],
    state: 'LEG2_OPENING.opening',
  },
  {
    name: 'opening-refused',
    faults: [{ kind: 'reject', retCode: 110007, match: opening, times: always }],
    state: 'LEG2_OPENING.backingOff',
  },
  {
    name: 'failed',
    spec: {
      execution: { style: 'walk', every: '200ms', steps: 2, deadline: '5s' },
      leg2: { fallback: 'stayFlat', attempts: 1 },
    },
    faults: [
      { kind: 'partialFill', qty: '0.1', match: closing },
      { kind: 'reject', retCode: 110007, match: opening, times: always },
    ],
    state: 'FAILED',
  },
  {
    name: 'structure',
    spec: {
      symbol: undefined,
      legs: [callSymbol, putSymbol],
      target: { strike: '1000 away' },
      execution: patient,
    },
    faults: [{ kind: 'noFill', match: { ...closing, symbol: putSymbol }, times: always }],
    state: 'ROLL_INITIATED.closingLeg1',
  },
  { name: 'paused', command: ['task', 'pause', 'TASK'], state: 'PAUSED' },
  { name: 'over', spec: { target: 'close' }, state: 'COMPLETED' },
];

export const keyOf = (name: string): string => `previous-${name}`;

export interface Previous {
  /** The commit of the program that wrote it. */
  readonly commit: string;
  readonly database: KeptDatabase;
  readonly exchange: SavedState;
  /** The index when the daemon was killed. */
  readonly index: string;
  /** Task ids by the scenes' names. */
  readonly tasks: Readonly<Record<string, string>>;
}

export const readPrevious = (): Previous =>
  JSON.parse(brotliDecompressSync(readFileSync(previousFile)).toString('utf8')) as Previous;

export const writePrevious = (previous: Previous): void =>
  writeFileSync(
    previousFile,
    brotliCompressSync(JSON.stringify(previous), {
      params: { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_QUALITY]: 11 },
    }),
  );
