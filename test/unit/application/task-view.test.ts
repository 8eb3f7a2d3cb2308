import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/application/task-view.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { TaskRow } from '../../../src/ports/task-reading.ts';
import { readSpec } from '../../support/options.ts';

const asTyped = { symbol: 'BTC-31MAR23-26000-C-USDT', trigger: '25500', target: '+1000' };
const row = (more: Partial<TaskRow>): TaskRow => ({
  taskId: 'k7m2p9qx4d',
  version: 0,
  state: 'QUEUED',
  spec: asTyped,
  snapshotJson: null,
  accountId: '1',
  accountName: 'main',
  environment: 'paper',
  trouble: null,
  userName: 'ann',
  createdAtMs: 0,
  updatedAtMs: 0,
  ...more,
});
const view = (task: TaskRow) => viewOf(task, bybitRules);
const trigger = { kind: 'index', direction: 'above', level: '25500', holdMs: 0 };

describe('a task on the list', () => {
  it('shows the spec while it waits, as it was typed or in normal form', () => {
    const expected = { symbol: asTyped.symbol, side: null, qty: 'all', trigger, rollsDone: 0 };
    expect(view(row({}))).toMatchObject(expected);
    expect(view(row({ spec: readSpec(asTyped) }))).toMatchObject(expected);
  });

  it('shows what it holds and its trigger after a roll, not what the spec said', () => {
    const held = { symbol: 'BTC-31MAR23-27000-C-USDT', side: 'Sell', qty: '0.5' };
    const above = { ...trigger, level: '26500' };
    const moved = { kind: 'any', of: [above, { ...above, kind: 'delta', level: '0.45' }] };
    const context = {
      held,
      rules: [{ trigger: moved }],
      rollsDone: 1,
      roll: null,
      reasons: [],
      more: 'than is shown',
    };
    expect(
      view(row({ version: 9, state: 'IDLE.watching', snapshotJson: JSON.stringify({ context }) })),
    ).toMatchObject({
      symbol: held.symbol,
      side: 'short',
      qty: '0.5',
      trigger: moved,
      rollsDone: 1,
    });
  });

  it('is still listed when its spec cannot be read', () => {
    expect(view(row({ spec: { from: 'another version' } }))).toMatchObject({
      symbol: '?',
      trigger: null,
    });
    expect(view(row({ spec: { from: 'another version' }, snapshotJson: '{"context":{}}' })).state).toBe(
      'QUEUED',
    );
  });
});
