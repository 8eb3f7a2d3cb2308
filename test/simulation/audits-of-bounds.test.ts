/** The audits of halts and of limits name what they are there for: what begins though it may not, and what is left missing. */
import { beforeEach, describe, expect, it } from 'vitest';
import { HaltAudit } from './audit/halt-audit.ts';
import { LimitAudit } from './audit/limit-audit.ts';
import { created, lastRollOf, ofContext, rollOf, tally, turnOf } from './audited-turns.ts';

let found: string[];
beforeEach(() => (found = []));

describe('The audit of halts', () => {
  let audit: HaltAudit;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 0;
    const violate = (text: string) => found.push(text);
    audit = new HaltAudit({ violate, isRunning: () => true, nowMs: () => nowMs });
    audit.created(created);
  });
  const halt = (): void => {
    audit.halted('halt:1');
    audit.noted('1', 'a', ['halt:1']);
  };
  const rolling = (changes: object = {}) => ofContext({ roll: rollOf(changes) });
  const turn = (version: number, state: string, changes = {}): void =>
    audit.committed(turnOf(0, version, state, changes));

  it('lets everything be before a halt is confirmed, and after it is lifted', () => {
    audit.halted('halt:1');
    turn(2, 'ROLL_INITIATED.planning', rolling());
    audit.sent('a', 'close-t-v2');
    audit.orderChanged({ linkId: 'close-t-v2' });
    audit.noted('1', 'a', ['halt:1']);
    turn(3, 'IDLE.watching');
    audit.lifted('halt:1');
    turn(4, 'ROLL_INITIATED.planning', rolling());
    audit.sent('a', 'close-t-v4');
    expect(found).toEqual([]);
  });

  it('finds a roll that begins, and an order of leg 1 that is sent', () => {
    halt();
    turn(2, 'ROLL_INITIATED.planning', rolling());
    audit.sent('a', 'close-t-v2');
    audit.sent('a', 'open-t-v2');
    expect(found).toEqual([
      'task t begins a roll though account 1 is halted',
      'a sends close-t-v2 though account 1 is halted',
    ]);
  });

  it('lets a person go on with a roll that failed before, and with no other', () => {
    turn(2, 'ROLL_INITIATED.closingLeg1', rolling());
    turn(3, 'FAILED', rolling({ closed: tally('0.5') }));
    halt();
    turn(4, 'ROLL_INITIATED.planning', rolling({ closed: tally('0.5') }));
    expect(found).toEqual([]);
    turn(5, 'IDLE.watching');
    turn(6, 'ROLL_INITIATED.planning', rolling({ rollId: 't-v5' }));
    expect(found).toEqual(['task t begins a roll though account 1 is halted']);
  });

  it('finds one halt when another is lifted', () => {
    audit.halted('halt:2');
    halt();
    audit.noted('1', 'a', ['halt:1', 'halt:2']);
    audit.lifted('halt:1');
    audit.sent('a', 'close-t-v2');
    expect(found).toHaveLength(1);
  });

  it('finds an order that its daemon still waits for when it confirms, and none of unknown outcome', () => {
    for (const linkId of ['close-t-v2', 'close-t-v3', 'close-t-v4']) audit.sent('a', linkId);
    audit.answered('close-t-v3');
    halt();
    audit.orderChanged({ linkId: 'close-t-v2' });
    audit.orderChanged({ linkId: 'close-t-v3' });
    audit.fenced('1');
    audit.orderChanged({ linkId: 'close-t-v4' });
    audit.sent('a', 'close-t-v4');
    audit.sent('a', 'close-t-v3');
    audit.orderChanged({ linkId: 'close-t-v3' });
    expect(found).toEqual([
      'close-t-v2 comes to be though a, which waits for its answer, has confirmed the halt of account 1',
    ]);
  });

  it('finds a roll that waits, or ends, with something missing', () => {
    const half = { closed: tally('0.5'), others: [] };
    turn(2, 'ROLL_INITIATED.closingLeg1', rolling(half));
    halt();
    turn(3, 'ROLL_INITIATED.halted', rolling({ ...half, opened: tally('0.5') }));
    expect(found).toEqual([]);
    turn(4, 'ROLL_INITIATED.halted', rolling({ ...half, opened: tally('0.4') }));
    turn(
      5,
      'IDLE.coolingDown',
      ofContext({ lastRoll: lastRollOf({ closed: tally('0.5'), opened: tally('0.4') }) }),
    );
    expect(found).toEqual([
      'task t waits for the end of a halt with something missing',
      'task t ends t-v2 in a halt with something missing',
    ]);
  });

  it('finds an order of leg 1 that is still worked a long time after', () => {
    halt();
    nowMs = 30_000;
    const task = { ...turnOf(0, 2, 'ROLL_INITIATED.closingLeg1'), version: 2 };
    audit.checkCalm([task], 60_000);
    expect(found).toEqual([]);
    audit.checkCalm([task], 30_000);
    expect(found).toEqual(['task t is ROLL_INITIATED.closingLeg1, 30000 ms after the halt']);
  });

  it('leaves an order its time whose outcome is unknown', () => {
    halt();
    nowMs = 30_000;
    const order = (unresolvedSinceMs: number | null) =>
      JSON.stringify({
        context: {},
        children: { leg: { snapshot: { context: { progress: {}, unresolvedSinceMs } } } },
      });
    const task = { ...turnOf(0, 2, 'ROLL_INITIATED.closingLeg1'), version: 2 };
    audit.checkCalm([{ ...task, snapshotJson: order(20_000) }], 30_000);
    expect(found).toEqual([]);
    audit.checkCalm([{ ...task, snapshotJson: order(null) }], 30_000);
    expect(found).toHaveLength(1);
  });
});

describe('The audit of limits', () => {
  const dayMs = 86_400_000;
  const reserved = (atMs: number, debit = '10') => ({
    reserved: { atMs, debit, notional: '24000', rolls: 1, orders: 2, index: '24000' },
  });
  const roll = (task: string, atMs: number, changes: object = {}) => {
    const { roll } = { roll: rollOf({ rollId: `${task}-v2`, ...reserved(atMs), ...changes }) };
    return { ...turnOf(atMs, 2, 'ROLL_INITIATED.closingLeg1', ofContext({ roll })), taskId: task };
  };
  const ended = (task: string, atMs: number, changes: object) => ({
    ...turnOf(atMs, 3, 'IDLE.coolingDown', ofContext(changes)),
    taskId: task,
  });

  function violations(limits: object, turns: readonly ReturnType<typeof roll>[]): readonly string[] {
    const audit = new LimitAudit((text) => found.push(text));
    audit.limitsRead('1', 'a', { atMs: 0, limits });
    for (const taskId of ['t', 'u']) audit.created({ taskId });
    for (const turn of turns) {
      audit.made(turn);
      audit.committed(turn, 'a');
    }
    audit.check();
    return found;
  }
  const both = [roll('t', 5_000), roll('u', 6_000)];
  const begins = (what: string) => [`task u begins u-v2 with ${what} in account 1`];

  it('finds nothing where everything is within the limits, or nothing is limited', () => {
    const limits = {
      rollsPerDay: 2,
      netDebitPerDay: '20',
      notionalOpenedPerDay: '48000',
      ordersPerMinute: 4,
    };
    expect(violations(limits, both)).toEqual([]);
    expect(violations({}, both)).toEqual([]);
  });

  it('finds each limit that is exceeded by what begins', () => {
    expect(violations({ rollsPerDay: 1 }, both)).toEqual(begins('2 of at most 1 rollsPerDay'));
    found = [];
    expect(violations({ netDebitPerDay: '19' }, both)).toEqual(begins('20 of at most 19 netDebitPerDay'));
    found = [];
    expect(violations({ notionalOpenedPerDay: '47000' }, both)).toEqual(
      begins('48000 of at most 47000 notionalOpenedPerDay'),
    );
    found = [];
    expect(violations({ ordersPerMinute: 3 }, both)).toEqual(begins('4 of at most 3 ordersPerMinute'));
  });

  it('counts what a roll came to, none that closed nothing, and each on the day on which it began', () => {
    const dear = { ...lastRollOf(), side: 'Sell', closed: { ...tally('1'), value: '50' } };
    const debit = { netDebitPerDay: '30' };
    const [first, second] = both as [(typeof both)[0] & object, (typeof both)[0] & object];
    expect(violations(debit, [first, ended('t', 5_500, {}), second])).toEqual([]);
    const costs = ended('t', 5_500, { lastRoll: { ...dear, rollId: 't-v2' } });
    expect(violations(debit, [first, costs, second])).toEqual(begins('60 of at most 30 netDebitPerDay'));
    found = [];
    expect(violations({ rollsPerDay: 1 }, [first, roll('u', dayMs + 1)])).toEqual([]);
  });

  it('judges by the limits as the daemon has read them at that time', () => {
    const audit = new LimitAudit((text) => found.push(text));
    audit.created({ taskId: 't' });
    audit.limitsRead('1', 'a', { atMs: 0, limits: {} });
    audit.limitsRead('1', 'a', { atMs: 10_000, limits: { rollsPerDay: 0 } });
    audit.committed(roll('t', 9_000), 'a');
    audit.check();
    expect(found).toEqual([]);
    audit.committed(roll('t', 20_000), 'a');
    audit.check();
    expect(found).toEqual(['task t begins t-v2 with 1 of at most 0 rollsPerDay in account 1']);
  });
});
