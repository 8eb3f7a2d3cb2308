/** The audits of who acts and of how much is traded: each finds what it is there to find. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/ports/alerts.ts';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { RuleAudit } from './audit/rule-audit.ts';
import { TradeAudit } from './audit/trade-audit.ts';
import {
  all,
  careful,
  created,
  from,
  half,
  held,
  lastRollOf,
  ofContext,
  rollOf,
  snapshotOf,
  tally,
  to,
  turnOf,
  up,
} from './audited-turns.ts';

let found: string[];
const violate = (text: string) => void found.push(text);
beforeEach(() => {
  found = [];
});

describe('The audit of rules', () => {
  let audit: RuleAudit;
  let nowMs: number;
  let version: number;
  const stores = (state: string, context: object = {}, changes: Partial<TurnRecord> = {}) =>
    audit.committed(turnOf(nowMs, (version += 1), state, { ...ofContext(context), ...changes }));
  const begins = (changes: object = {}) => stores('ROLL_INITIATED.planning', { roll: rollOf(changes) });
  const rolled = (changes: object = {}) => stores('IDLE.watching', { lastRoll: lastRollOf(changes) });
  const rulesOnly = (...rules: object[]) => ({
    ...created,
    snapshotJson: snapshotOf({ spec: { rules, rollsMax: null } }),
  });

  beforeEach(() => {
    nowMs = 1_000_000;
    version = 1;
    audit = new RuleAudit(violate);
    audit.created(created);
  });

  it('accepts a rule that acts again when its rest is over', () => {
    audit.created(rulesOnly(up, careful, half));
    begins();
    rolled();
    nowMs += 5_000;
    begins({ rollId: 't-v4', lockedVersion: 4 });
    expect(found).toEqual([]);
  });

  it('finds a roll while its rule rests after another trade, and one roll too many for the task', () => {
    begins({ rules: [2], rule: 2 });
    rolled();
    nowMs += 2_000;
    begins();
    expect(found).toEqual([
      'task t begins roll 2 of at most 1',
      'task t: up acts 3000 ms before its rest ends',
    ]);
  });

  it('accepts a rule that acts at once after a halt broke its roll off, and none after the next refusal', () => {
    begins({ rules: [0], rule: 0 });
    const halted = { roll: rollOf({ rules: [0], isBrokenOff: true }) };
    stores('ROLL_INITIATED.closingLeg1', halted, { eventJson: '{"type":"HALTED"}' });
    stores('IDLE.watching');
    begins({ rules: [0], rule: 0 });
    expect(found).toEqual([]);
    stores('IDLE.watching');
    begins({ rules: [0], rule: 0 });
    expect(found).toEqual(['task t: up acts 5000 ms before its rest ends']);
  });

  it('finds a rule that acts while it rests after a refusal; one that had no turn may', () => {
    begins({ rules: [0, 2], rule: 0 });
    stores('IDLE.watching');
    nowMs += 1_000;
    begins({ rules: [2], rule: 2 });
    expect(found).toEqual([]);
    stores('IDLE.watching');
    begins({ rules: [0] });
    expect(found).toEqual(['task t: up acts 4000 ms before its rest ends']);
  });

  it('finds a rule that acts more often than it may, a reduction too', () => {
    begins({ rules: [2], rule: 2 });
    rolled({ toSymbol: null });
    nowMs += 60_000;
    begins({ rules: [2] });
    expect(found).toEqual(['task t: half acts though it has acted 1 times of at most 1']);
  });

  it('finds a rule whose count an edit has cleared', () => {
    begins({ rules: [2], rule: 2 });
    rolled({ toSymbol: null });
    nowMs += 60_000;
    stores('IDLE.watching', {}, { eventJson: '{"type":"EDITED"}' });
    begins({ rules: [2] });
    expect(found).toHaveLength(1);
  });

  it('finds an alert rule that trades, and one that repeats itself', () => {
    begins({ rules: [1] });
    expect(found).toEqual(['task t trades by careful, which only alerts']);
    const alerts: Alert[] = [{ severity: 'warning', code: 'ruleHolds', figures: { rule: 'careful' } }];
    stores('IDLE.watching', {}, { alerts });
    nowMs += 1_000;
    stores('IDLE.watching', {}, { alerts });
    expect(found.slice(1)).toEqual(['task t: careful alerts again after 1000 ms, cooldown 5000']);
  });

  it('accepts an alert by the rest that its rule had before an edit made it longer', () => {
    const alerts: Alert[] = [{ severity: 'warning', code: 'ruleHolds', figures: { rule: 'careful' } }];
    stores('IDLE.watching', {}, { alerts });
    nowMs += 4_000;
    const slower = { ...careful, guards: { cooldownMs: 30_000 } };
    const spec = { rules: [up, slower, half], rollsMax: null };
    stores('IDLE.watching', { spec }, { eventJson: '{"type":"EDITED"}' });
    nowMs += 1_000;
    stores('IDLE.watching', {}, { alerts });
    nowMs += 5_000;
    stores('IDLE.watching', {}, { alerts });
    expect(found).toEqual(['task t: careful alerts again after 5000 ms, cooldown 30000']);
  });

  it('finds a paused task that trades unasked, and accepts what a person asked for', () => {
    stores('PAUSED', {}, { eventJson: '{"type":"PAUSE"}' });
    begins({ asked: { rule: 0, action: { kind: 'close', qty: all } }, rules: [], rule: null });
    expect(found).toEqual([]);
    stores('PAUSED');
    begins();
    expect(found).toEqual(['task t is paused and begins t-v2']);
    stores('IDLE.watching', {}, { eventJson: '{"type":"RESUME"}' });
    begins({ rules: [1] });
    expect(found.slice(1)).toEqual(['task t trades by careful, which only alerts']);
  });
});

describe('The audit of trades', () => {
  let audit: TradeAudit;
  let version: number;
  let executed: Record<string, string>;
  const stores = (state: string, context: object = {}, atMs = 1_000_000) =>
    audit.committed(turnOf(atMs, (version += 1), state, ofContext(context)));
  const fills = (linkId: string, symbol: string, qty: string) => {
    executed[linkId] = qty;
    audit.filled({ execId: linkId, linkId, side: linkId.startsWith('close') ? 'Buy' : 'Sell', symbol, qty });
  };
  const begins = (changes: object = {}) => stores('ROLL_INITIATED.closingLeg1', { roll: rollOf(changes) });

  beforeEach(() => {
    version = 1;
    executed = {};
    audit = new TradeAudit({ violate, executedQty: (leg) => executed[leg] ?? '0' });
    audit.created(created);
  });

  it('accepts a whole roll', () => {
    begins();
    fills('close-t-v2', from, '1');
    fills('open-t-v2', to, '1');
    stores('IDLE.watching', { held: { ...held, symbol: to }, lastRoll: lastRollOf() });
    expect(found).toEqual([]);
  });

  it('accepts a reduction, and finds one that was not what its rule says', () => {
    const reduces = (closedQty: string) => {
      begins({ rules: [2], rule: 2, qty: closedQty, openQty: '0' });
      fills('close-t-v2', from, closedQty);
      const lastRoll = lastRollOf({ toSymbol: null, closed: tally(closedQty), opened: tally() });
      stores('IDLE.watching', { held: { ...held, qty: '0.5' }, lastRoll });
    };
    reduces('0.5');
    expect(found).toEqual([]);
    executed = {};
    audit = new TradeAudit({ violate, executedQty: (leg) => executed[leg] ?? '0' });
    audit.created(created);
    reduces('0.6');
    expect(found).toEqual([
      'task t is IDLE.watching with 0.5 BTC-10MAR23-25000-C-USDT, its trades have left 0.4',
      'roll t-v2 ended with 0.6 closed / 0 opened, the exchange has 0.6 / 0, its rule says 0.5 / 0',
    ]);
  });

  it('finds more closed than was held, and more than was decided', () => {
    begins({ qty: '0.5' });
    fills('close-t-v2', from, '1.5');
    expect(found).toEqual([
      'close-t-v2 closes 1.5 BTC-10MAR23-25000-C-USDT, the task holds 1',
      'close-t-v2 has executed 1.5, at most 0.5 was decided',
    ]);
  });

  it('finds more opened than the rule says, though it was closed', () => {
    begins({ openQty: '0.5' });
    fills('close-t-v2', from, '1');
    fills('open-t-v2', to, '1');
    expect(found).toEqual(['open-t-v2 has executed 1, at most 0.5 was decided']);
  });

  it('finds a roll that ended with less than it closed', () => {
    begins();
    fills('close-t-v2', from, '1');
    fills('open-t-v2', to, '0.5');
    const lastRoll = lastRollOf({ opened: tally('0.5') });
    stores('IDLE.watching', { held: { ...held, symbol: to, qty: '0.5' }, lastRoll });
    expect(found).toEqual([
      'roll t-v2 ended with 1 closed / 0.5 opened, the exchange has 1 / 0.5, its rule says 1 / 1',
    ]);
  });

  it('finds a roll that was given up, or broken off, with something closed', () => {
    begins();
    fills('close-t-v2', from, '0.2');
    stores('PAUSED', { held: { ...held, qty: '0.8' } });
    expect(found).toEqual(['roll t-v2 was given up, and the exchange has 0.2 closed / 0 opened']);
  });

  it('lets an option be gone that is delivered, and not a moment before', () => {
    const deliveredMs = Date.parse('2023-03-10T08:00:00Z');
    const gone = { held: { ...held, qty: '0' } };
    stores('IDLE.coolingDown', gone, deliveredMs - 60_000);
    expect(found).toEqual([`task t is IDLE.coolingDown with 0 ${from}, its trades have left 1`]);
    found = [];
    stores('IDLE.coolingDown', gone, deliveredMs);
    expect(found).toEqual([]);
  });

  it('knows that an owner may close what a task that is over has left', () => {
    stores('COMPLETED', {});
    const { accountId } = created;
    audit.taken(accountId, { execId: 'owner-1', symbol: from, qty: '0.4' });
    audit.taken(accountId, { execId: 'owner-1', symbol: from, qty: '0.4' });
    expect(audit.leftBehind.get(`${accountId} ${from}`)).toBe('0.6');
  });

  it('lets an edit take what a task that is over has left, and finds one that takes more', () => {
    const other = { ...created, taskId: 'u' };
    audit.created(other);
    audit.committed({ ...turnOf(1_000_000, 2, 'COMPLETED', ofContext({})), taskId: 'u' });
    const edits = (qty: string) =>
      audit.committed(
        turnOf(1_000_000, (version += 1), 'IDLE.watching', {
          ...ofContext({ held: { ...held, qty } }),
          eventJson: '{"type":"EDITED"}',
        }),
      );
    edits('2');
    expect(found).toEqual([]);
    edits('2.5');
    expect(found).toEqual(['task t takes 0.5 BTC-10MAR23-25000-C-USDT, and 0 of it is free']);
  });

  it('finds a task that closes where its rule only rolls', () => {
    begins();
    fills('close-t-v2', from, '1');
    const lastRoll = lastRollOf({ toSymbol: null, opened: tally() });
    stores('COMPLETED', { held: { ...held, qty: '0' }, lastRoll });
    expect(found[0]).toMatch('its rule says - / -');
  });
});
