/** The audits themselves: each finds what it is there to find. A check that cannot fail proves nothing. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/ports/alerts.ts';
import type { Account } from '../../src/exchange/paper/engine/account.ts';
import type { PaperOrder } from '../../src/exchange/paper/engine/types.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { ExposureAudit } from './audit/exposure-audit.ts';
import { LedgerAudit } from './audit/ledger-audit.ts';
import { LegAudit } from './audit/leg-audit.ts';
import { ReadingAudit } from './audit/reading-audit.ts';
import { TaskAudit } from './audit/task-audit.ts';
import { created, from, lastRollOf, ofContext, turnOf } from './audited-turns.ts';

let found: string[];
const violate = (text: string) => void found.push(text);
beforeEach(() => {
  found = [];
});

const order = (linkId: string, changes: Partial<PaperOrder> = {}) =>
  ({
    linkId,
    orderId: `id of ${linkId}`,
    qty: '1',
    executedQty: '0',
    status: 'New',
    ...changes,
  }) as PaperOrder;
const account = (positions: object, pending: PaperOrder[] = []) =>
  ({ apiKey: '1', state: { positions }, pending: new Set(pending) }) as unknown as Account;

describe('The audit of legs', () => {
  const legs = (...orders: PaperOrder[]) => {
    const audit = new LegAudit(violate);
    for (const one of orders) audit.orderChanged(one);
  };

  it('lets a leg be worked by one order after another', () => {
    legs(
      order('close-t-v1'),
      order('close-t-v1', { status: 'Cancelled', executedQty: '0.4' }),
      order('close-t-v1-a2', { qty: '0.6', status: 'Filled', executedQty: '0.6' }),
      order('open-t-v1', { status: 'Filled', executedQty: '1' }),
    );
    expect(found).toEqual([]);
  });

  it('finds two orders that live for one leg', () => {
    legs(order('close-t-v1'), order('close-t-v1-a2'));
    expect(found).toContain('two orders live for one leg: close-t-v1 and close-t-v1-a2');
  });

  it('finds a leg that was closed beyond its quantity', () => {
    legs(order('close-t-v1', { status: 'Filled', executedQty: '1' }), order('close-t-v1-a2', { qty: '0.5' }));
    expect(found).toEqual(['close-t-v1 may execute 1.5, at most 1 is its purpose']);
  });

  it('finds an opening of what was never closed', () => {
    legs(order('close-t-v1', { status: 'Cancelled', executedQty: '0.4' }), order('open-t-v1'));
    expect(found).toEqual(['open-t-v1 may execute 1, at most 0.4 is its purpose']);
  });

  it('finds an order for more than was decided to open', () => {
    const audit = new LegAudit(violate, (leg) => (leg.startsWith('open-') ? '0.5' : null));
    audit.orderChanged(order('close-t-v1', { status: 'Filled', executedQty: '1' }));
    audit.orderChanged(order('open-t-v1'));
    expect(found).toEqual(['open-t-v1 may execute 1, at most 0.5 is its purpose']);
  });

  it('finds a link id that names two orders', () => {
    legs(order('close-t-v1', { status: 'Cancelled' }), order('close-t-v1', { orderId: 'another' }));
    expect(found).toEqual(['link id close-t-v1 names two orders']);
  });
});

describe('The audit of positions', () => {
  const held = (side: string, qty: string) => ({ side, qty, symbol: 'X' });
  const look = (positions: object, pending: PaperOrder[] = []) => {
    const audit = new ExposureAudit(violate);
    audit.entrust('1', 'Sell', '1');
    audit.changed(account(positions, pending));
  };

  it('accepts what was entrusted, in one option or spread over two', () => {
    look({ X: held('Sell', '0.4'), Y: held('Sell', '0.6') });
    expect(found).toEqual([]);
  });

  it('finds a position that was turned around', () => {
    look({ X: held('Buy', '0.1') });
    expect(found).toEqual(['Buy 0.1 X: the position was turned around']);
  });

  it('finds more than was entrusted, open orders included', () => {
    look({ X: held('Sell', '0.7') }, [order('open-t-v1', { qty: '0.5', reduceOnly: false })]);
    expect(found).toEqual(['account 1 holds 0.7 and is about to open 0.5; entrusted with 1']);
  });
});

describe('The audit of ledgers', () => {
  const fill = (linkId: string, side: 'Buy' | 'Sell') => ({
    execId: `e-${linkId}`,
    linkId,
    side,
    qty: '0.5',
    price: '900',
    fee: '1.5',
  });
  const turn = (state: string, ledger: object = {}) =>
    ({ taskId: 't', state, snapshotJson: JSON.stringify({ context: { ledger } }) }) as TurnRecord;

  it('accepts what the exchange executed, and asks only when no order is being worked', () => {
    const audit = new LedgerAudit(violate);
    audit.committed(turn('ROLL_INITIATED.closingLeg1'));
    for (let time = 0; time < 2; time += 1) audit.filled(fill('close-t-v2', 'Buy'));
    audit.committed(turn('LEG1_CLOSED.checkpoint', { credits: '0', debits: '450', fees: '1.5' }));
    audit.committed(turn('LEG2_OPENING.opening'));
    audit.filled(fill('open-t-v2', 'Sell'));
    audit.filled(fill('open-other-v2', 'Sell'));
    audit.committed(turn('IDLE.coolingDown', { credits: '450', debits: '450', fees: '3' }));
    expect(found).toEqual([]);
  });

  it('finds a sale that is in no ledger', () => {
    const audit = new LedgerAudit(violate);
    audit.committed(turn('ROLL_INITIATED.closingLeg1'));
    audit.filled(fill('close-t-v2', 'Sell'));
    audit.committed(turn('COMPLETED', { credits: '0', debits: '0', fees: '0' }));
    expect(found).toEqual([
      'task t is COMPLETED with credits of 0, the exchange executed 450',
      'task t is COMPLETED with fees of 0, the exchange executed 1.5',
    ]);
  });
});

describe('The audit of readings', () => {
  const read = (output: object) => {
    const eventJson = JSON.stringify({ type: 'xstate.done.actor.0', output });
    new ReadingAudit(violate).committed({ taskId: 't', state: 'ROLL_INITIATED.judging', eventJson });
  };
  const chain = [{ quote: { symbol: 'X', atMs: 10_000 } }, { quote: null }];

  it('accepts quotes that are a second old, and those that came after they were asked for', () => {
    read({ kind: 'read', value: { askedAtMs: 11_000, chain } });
    read({ kind: 'read', value: { askedAtMs: 9_000, chain } });
    read({ kind: 'failed' });
    expect(found).toEqual([]);
  });

  it('finds one that is older', () => {
    read({ kind: 'read', value: { askedAtMs: 11_001, chain } });
    expect(found).toEqual(['task t comes to ROLL_INITIATED.judging by a quote of X that is 1001 ms old']);
  });
});

describe('The audit of tasks', () => {
  let audit: TaskAudit;
  let nowMs: number;
  const turn = (version: number, state: string, changes: Partial<TurnRecord> = {}) =>
    turnOf(nowMs, version, state, changes);
  const stored = (version: number) => ({
    accountId: '1',
    taskId: 't',
    version,
    state: '',
    phase: 'rolling' as const,
    snapshotJson: '',
    machine: '1',
  });
  const critical: Alert[] = [{ severity: 'critical', code: 'look', figures: {} }];
  const ended = (changes: object = {}) => ofContext({ lastRoll: lastRollOf(changes) });

  beforeEach(() => {
    nowMs = 1_000_000;
    audit = new TaskAudit({ violate, nowMs: () => nowMs });
    audit.created(created);
  });

  it('accepts a whole roll', () => {
    audit.committed(turn(2, 'ROLL_INITIATED.planning'), 'a');
    audit.committed(turn(3, 'LEG1_CLOSED.checkpoint'), 'a');
    audit.committed(turn(4, 'IDLE.coolingDown', ended()), 'a');
    expect(found).toEqual([]);
    expect(audit.rolls).toBe(1);
  });

  it('finds a gap in the versions', () => {
    audit.committed(turn(3, 'IDLE.coolingDown'), 'a');
    expect(found).toEqual(['task t jumps from version 1 to 3']);
  });

  it('finds an order that no stored turn has decided', () => {
    audit.submitted('a', 'close-t-v1');
    expect(found).toEqual(['a sends close-t-v1, and no stored turn has decided it']);
  });

  it('finds an order sent by a daemon that was fenced long ago', () => {
    const decided = ofContext({ plan: { order: { linkId: 'close-t-v2' } } });
    audit.fenced('1', 'a');
    audit.adopted(stored(2));
    audit.committed(turn(3, 'ROLL_INITIATED.closingLeg1', decided), 'a');
    audit.fenced('1', 'b');
    nowMs += 10_000;
    audit.submitted('a', 'close-t-v2');
    expect(found).toEqual(['a sends close-t-v2, 10000 ms after b took the task over']);
  });

  it('finds a task that failed without a word', () => {
    audit.committed(turn(2, 'FAILED'), 'a');
    expect(found).toEqual(['task t is FAILED and no critical alert was written']);
    audit.committed(turn(3, 'IDLE.watching'), 'a');
    audit.committed(turn(4, 'FAILED', { alerts: critical }), 'a');
    expect(found).toHaveLength(1);
  });

  it('finds a long naked interval without a warning', () => {
    audit.committed(turn(2, 'ROLL_INITIATED.planning'), 'a');
    audit.committed(turn(3, 'LEG2_OPENING.opening'), 'a');
    nowMs += 100_000;
    audit.checkAlerted();
    expect(found).toEqual(['task t was LEG2_OPENING.opening for 100000 ms without a warning']);
  });

  it.each([
    ['a strike that moved the wrong way', 'BTC-10MAR23-24000-C-USDT'],
    ['an expiry that came nearer', 'BTC-3MAR23-26000-C-USDT'],
    ['a roll that went nowhere', from],
  ])('finds %s', (_, toSymbol) => {
    audit.committed(turn(2, 'ROLL_INITIATED.planning'), 'a');
    audit.committed(turn(3, 'IDLE.coolingDown', ended({ toSymbol })), 'a');
    expect(found[0]).toMatch('rolled the wrong way');
  });

  it('accepts the same strike in a later expiry', () => {
    audit.committed(turn(2, 'ROLL_INITIATED.planning'), 'a');
    audit.committed(turn(3, 'IDLE.coolingDown', ended({ toSymbol: 'BTC-17MAR23-25000-C-USDT' })), 'a');
    expect(found).toEqual([]);
  });
});
