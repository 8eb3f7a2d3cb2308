/** Stored turns for the tests of the audits: one task of three rules, its rolls as they are stored, and what it holds. */
import type { TurnRecord } from '../../src/ports/journal.ts';

export const turnOf = (
  nowMs: number,
  version: number,
  state: string,
  changes: Partial<TurnRecord> = {},
): TurnRecord => ({
  accountId: '1',
  taskId: 't',
  expectedVersion: version - 1,
  atMs: nowMs,
  path: '',
  eventJson: '{"type":"PRICE"}',
  state,
  phase: 'rolling',
  snapshotJson: snapshotOf(),
  machine: '1',
  alerts: [],
  answers: [],
  ...changes,
});
export const rule = (name: string, then: object, guards: object = {}) => ({
  name,
  then,
  guards: { cooldownMs: 5_000, rollsMax: null, allowWrongWay: false, whenRefused: 'alert', ...guards },
});
export const all = { kind: 'share', share: '1' };
export const up = rule('up', { kind: 'roll', qty: all, scale: [] });
export const careful = rule('careful', { kind: 'alert' });
export const half = rule('half', { kind: 'close', qty: { kind: 'share', share: '0.5' } }, { rollsMax: 1 });
export const from = 'BTC-10MAR23-25000-C-USDT';
export const to = 'BTC-10MAR23-26000-C-USDT';
export const held = { symbol: from, side: 'Sell', qty: '1', premium: '900' };
export const tally = (executedQty = '0') => ({ attempts: 1, executedQty, value: '0', fee: '0' });
export const rollOf = (changes: object = {}) => ({
  rollId: 't-v2',
  lockedVersion: 2,
  asked: null,
  rules: [0],
  rule: 0,
  fromSymbol: from,
  toSymbol: to,
  qty: '1',
  openQty: '1',
  closed: tally(),
  opened: tally(),
  compensating: false,
  ...changes,
});
export const lastRollOf = (changes: object = {}) => ({
  rollId: 't-v2',
  compensated: false,
  isFlat: false,
  qty: '1',
  closed: tally('1'),
  opened: tally('1'),
  fromSymbol: from,
  toSymbol: to,
  ...changes,
});

export function snapshotOf(context: object = {}): string {
  return JSON.stringify({
    context: {
      spec: { rules: [up, careful, half], rollsMax: 1 },
      held,
      roll: null,
      lastRoll: null,
      rollsDone: 0,
      unconfirmed: 0,
      ledger: { settlement: null },
      reasons: [],
      rules: [],
      ...context,
    },
  });
}
export const ofContext = (context: object) => ({ snapshotJson: snapshotOf(context) });
export const created = { accountId: '1', taskId: 't', state: 'IDLE.watching', snapshotJson: snapshotOf() };
