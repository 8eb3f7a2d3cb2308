/** The audit of questions names what it is there for: a trade that nobody has allowed, and a question that ends wrongly. */
import { beforeEach, expect, test } from 'vitest';
import type { TurnRecord } from '../../src/ports/journal.ts';
import { QuestionAudit } from './audit/question-audit.ts';
import { created, ofContext, rollOf, rule, tally, turnOf } from './audited-turns.ts';

const asking = { ...rule('up', { kind: 'roll' }), approval: { timeoutMs: 30_000, otherwise: 'skip' } };
const waiting = ofContext({ question: { approvalId: 't-v1', untilMs: 30_000 } });
const alert = (code: string, figures: object) => ({ severity: 'info', code, figures }) as const;
const wanted = alert('approvalWanted', { approvalId: 't-v1', untilMs: 30_000 });
const over = (how: string) => alert('approvalOver', { approvalId: 't-v1', how });

let found: string[];
let audit: QuestionAudit;
beforeEach(() => {
  found = [];
  audit = new QuestionAudit((text) => found.push(text));
  audit.created(created);
  turn('IDLE.awaitingApproval', { ...waiting, alerts: [wanted] });
  expect(found).toEqual([]);
});

let version = 2;
const turn = (state: string, changes: Partial<TurnRecord>): void =>
  audit.committed(turnOf(0, (version += 1), state, changes));
const traded = (approvalId: string, closed = '0') =>
  ofContext({
    spec: { rules: [asking], rollsMax: null },
    roll: rollOf({ approved: { approvalId }, closed: tally(closed) }),
  });

test('a trade that was approved is none of its business, nor is what follows its first fill', () => {
  turn('ROLL_INITIATED.planning', { eventJson: '{"type":"APPROVE"}', alerts: [over('approved')] });
  turn('ROLL_INITIATED.closingLeg1', traded('t-v1'));
  turn('ROLL_INITIATED.closingLeg1', traded('other', '0.5'));
  expect(found).toEqual([]);
});

test('a trade that nobody has allowed', () => {
  turn('IDLE.coolingDown', { eventJson: '{"type":"DECLINE"}', alerts: [over('declined')] });
  turn('ROLL_INITIATED.closingLeg1', traded('t-v1'));
  turn('ROLL_INITIATED.closingLeg1', traded('other'));
  expect(found).toEqual([
    'task t trades by t-v2, which nobody has allowed (declined)',
    'task t trades by t-v2, which nobody has allowed (not asked)',
  ]);
});

test('a question that ends twice, before its time, or upon another event than it says', () => {
  turn('IDLE.coolingDown', { alerts: [over('skippedUnanswered')] });
  turn('IDLE.watching', { alerts: [over('declined')] });
  expect(found).toEqual([
    'task t ends t-v1 30000 ms before its time',
    'task t ends t-v1 as declined, and skippedUnanswered',
  ]);
});

test('a question that is left standing, or is waited for too long', () => {
  turn('IDLE.awaitingApproval', { ...waiting, atMs: 60_000 });
  expect(found).toEqual([]);
  turn('IDLE.awaitingApproval', { ...waiting, atMs: 62_000 });
  turn('IDLE.watching', {});
  expect(found).toEqual([
    'task t goes on waiting 32000 ms after its time',
    'task t is IDLE.watching, and 1 questions stand',
  ]);
});

test('a question that nothing has ended when the world is calm', () => {
  const stored = { ...turnOf(0, 9, 'IDLE.awaitingApproval', waiting), version: 9 };
  audit.checkCalm([stored], 30_000);
  expect(found).toEqual([]);
  audit.checkCalm([stored], 30_001);
  expect(found).toEqual(['task t still waits for an answer at the end']);
});
