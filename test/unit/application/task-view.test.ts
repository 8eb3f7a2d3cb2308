import { describe, expect, it } from 'vitest';
import { viewOf } from '../../../src/application/task-view.ts';
import { bybitRules } from '../../../src/exchange/bybit/rules.ts';
import type { TaskRow } from '../../../src/ports/task-reading.ts';
import { firstRollContext } from '../../../src/domain/roll/roll-context.ts';
import { holdingsNamed, readSpec } from '../../support/options.ts';

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
  role: 'owner',
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
    const spec = readSpec({ ...asTyped, symbol: 'BTC-31MAR23-27000-C-USDT' });
    const { held } = holdingsNamed(spec, { side: 'Sell', qty: '0.5' });
    const above = { ...trigger, level: '26500' };
    const moved = { kind: 'any', of: [above, { ...above, kind: 'delta', level: '0.45' }] };
    const context = {
      ...firstRollContext({ taskId: 'k7m2p9qx4d', spec, held }),
      rules: [{ trigger: moved, restsUntilMs: 0, rollsDone: 1 }],
      rollsDone: 1,
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

  it('shows every leg of a structure, before and after a daemon has adopted it', () => {
    const call = asTyped.symbol;
    const put = 'BTC-31MAR23-22000-P-USDT';
    const typed = {
      legs: [call, { symbol: put, qty: '0.1' }],
      trigger: { profit: { above: '50%' } },
      target: 'close',
    };
    const spec = readSpec(typed);
    const waiting = [
      { name: 'call', symbol: call, side: null, qty: 'all', expiryMs: Date.UTC(2023, 2, 31, 8) },
      { name: 'put', symbol: put, side: null, qty: '0.1', expiryMs: Date.UTC(2023, 2, 31, 8) },
    ];
    expect(view(row({ spec: typed })).legs).toEqual(waiting);
    expect(view(row({ spec })).legs).toEqual(waiting);
    const holds = holdingsNamed(spec, { side: 'Sell', qty: '0.3' });
    const context = {
      ...firstRollContext({ taskId: 'k7m2p9qx4d', spec, ...holds }),
      held: { ...holds.held, qty: '0', premium: '0' },
    };
    const adopted = view(
      row({ version: 9, state: 'IDLE.watching', snapshotJson: JSON.stringify({ context }) }),
    );
    expect(adopted).toMatchObject({
      symbol: put,
      qty: '0.3',
      legs: [
        { name: 'call', symbol: call, side: 'short', qty: '0', premium: '0' },
        { name: 'put', symbol: put, side: 'short', qty: '0.3', premium: '270' },
      ],
      holdings: [{ leg: 'put', symbol: put, side: 'Sell', qty: '0.3' }],
    });
    expect(view(row({}))).not.toHaveProperty('legs');
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
