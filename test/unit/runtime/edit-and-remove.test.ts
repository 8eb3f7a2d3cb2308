/**
 * A task is edited or removed between rolls: the real supervisor and machine, with the exchange and the store in
 * memory. During a roll both are refused, and the refusal names the state.
 */
import { beforeEach, describe, expect, test } from 'vitest';
import { Retryable } from '../../../src/domain/errors.ts';
import type { Command } from '../../../src/ports/inbox.ts';
import { settle } from '../../support/virtual-clock.ts';
import { stayOpen } from '../../support/task-fixture.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';
import { storedTask, symbol } from './memory-store.ts';

let fixture: SupervisorFixture;
beforeEach(() => {
  fixture = new SupervisorFixture();
});

async function begin(changes: object = {}): Promise<void> {
  fixture.store.keep(storedTask('a', changes));
  await fixture.during(fixture.supervisor.claim());
  await fixture.tick('23000');
}

/** Sends a command and returns its answer, `undefined` while there is none. */
async function ask(kind: Command['kind'], payload: unknown = null, commandId = 'c1') {
  fixture.store.commands.push({
    commandId,
    accountId: '1',
    taskId: 'a',
    kind,
    askedBy: 'user:7',
    payload,
  });
  await fixture.during(fixture.supervisor.workInbox(), 0);
  return fixture.store.answers.find((answer) => answer.commandId === commandId);
}

const spec = (changes: object = {}) => ({ symbol, trigger: 25_000, target: 1000, ...changes });
const eventOf = (at: number): object => JSON.parse(fixture.store.records.at(at)?.eventJson ?? '{}') as object;

describe('an edited task', () => {
  test('waits for the trigger of its new spec and no longer for the old one', async () => {
    await begin();
    expect(await ask('edit', spec({ trigger: 23_800, target: 2000 }))).toMatchObject({
      status: 'done',
      text: `edited: Sell 0.3 ${symbol}; rolls on index above 23800`,
    });
    await fixture.tick('23600');
    expect(fixture.links).toEqual([]);
    await fixture.tick('23800');
    expect(fixture.links).toHaveLength(2);
    expect(fixture.store.contextOf('a').held.symbol).toBe('BTC-31MAR23-26000-C-USDT');
  });

  test('does not ask for events that its daemon has no calendar of: the spec in force stays', async () => {
    await begin();
    expect(await ask('edit', spec({ guards: { notDuring: 'events' } }))).toMatchObject({
      status: 'refused',
      text: expect.stringContaining('has no calendar of events, which BLACKOUTS') as string,
    });
    const [question] = [{ accountId: '1', taskId: 'new', spec: spec({ guards: { notDuring: 'events' } }) }];
    expect(await fixture.supervisor.advise(question)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('has no calendar of events, which BLACKOUTS') as string,
    });
    await fixture.tick('23500');
    expect(fixture.links).toHaveLength(2);
  });

  test('is journaled as one turn with the new spec in normal form, its answer and who asked', async () => {
    await begin();
    const rows = fixture.store.records.length;
    await ask('edit', spec());
    expect(fixture.store.records).toHaveLength(rows + 1);
    expect(eventOf(-1)).toMatchObject({
      type: 'EDITED',
      commandId: 'c1',
      askedBy: 'user:7',
      qty: '0.3',
      spec: {
        symbol,
        rules: [{ when: { kind: 'index', level: '25000', direction: 'above' } }],
        follow: 'strike',
      },
    });
    expect(fixture.store.records.at(-1)?.answers).toHaveLength(1);
    expect(fixture.store.contextOf('a')).toMatchObject({
      spec: { rules: [{ when: { level: '25000' } }] },
      rules: [{ trigger: { level: '25000' } }],
      ledger: { changedByOwner: '0' },
    });
  });

  test('no longer confirms what it had begun to confirm', async () => {
    await begin({ trigger: { index: { above: 23_500, for: '5s' } } });
    await fixture.tick('23500');
    expect(fixture.store.stateOf('a')).toBe('IDLE.confirming');
    await ask('edit', spec());
    expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
    await fixture.clock.advance(60_000);
    expect(fixture.links).toEqual([]);
  });

  test('that is paused stays paused, and one that cools down keeps cooling down', async () => {
    await begin();
    await ask('pause', null, 'c0');
    await ask('edit', spec());
    expect(fixture.store.stateOf('a')).toBe('PAUSED');
    await ask('resume', null, 'c2');
    await ask('edit', spec({ trigger: 23_200 }), 'c3');
    await fixture.tick('23200');
    expect(fixture.store.stateOf('a')).toBe('IDLE.coolingDown');
    const { held, wakeAtMs } = fixture.store.contextOf('a');
    expect(await ask('edit', spec({ symbol: held.symbol, trigger: 24_500 }), 'c4')).toMatchObject({
      status: 'done',
    });
    expect(fixture.store.stateOf('a')).toBe('IDLE.coolingDown');
    expect(fixture.store.contextOf('a')).toMatchObject({ wakeAtMs, rollsDone: 1 });
  });

  test('takes less of the position, or more of it, as its spec says, and books that as its owner’s', async () => {
    await begin();
    await ask('edit', spec({ qty: '0.1' }));
    expect(fixture.store.contextOf('a')).toMatchObject({
      held: { qty: '0.1', premium: '90' },
      ledger: { changedByOwner: '-0.2' },
    });
    await ask('edit', spec({ qty: 'all' }), 'c2');
    expect(fixture.store.contextOf('a')).toMatchObject({
      held: { qty: '0.3', premium: '270' },
      ledger: { changedByOwner: '0' },
    });
  });

  test('right after its own roll keeps what its fills have left, though a list may not show it yet', async () => {
    await begin();
    await fixture.tick('23500');
    const { held } = fixture.store.contextOf('a');
    expect(held.symbol).toBe('BTC-31MAR23-25000-C-USDT');
    fixture.account.position = () =>
      Promise.resolve({ symbol: held.symbol, side: 'Sell', qty: '0.1', averagePrice: '900' });
    const edit = { ...spec(), symbol: held.symbol, trigger: 26_000 };
    expect(await ask('edit', edit)).toMatchObject({ status: 'done' });
    expect(fixture.store.contextOf('a').held).toEqual(held);
  });

  test('may keep a trigger that holds, to change what forbade the roll', async () => {
    await begin({ guards: { netCredit: { min: 100_000 } } });
    await fixture.tick('23500');
    expect(fixture.store.stateOf('a')).toBe('IDLE.coolingDown');
    expect(await ask('edit', spec({ trigger: 23_500 }))).toMatchObject({ status: 'done' });
    expect(fixture.store.contextOf('a').spec.rules[0]?.guards.netCreditMin).toBeUndefined();
    expect(await ask('edit', spec({ trigger: 23_400 }), 'c2')).toMatchObject({ status: 'refused' });
  });

  test('is followed by its option’s prices only while its trigger looks at them', async () => {
    await begin({ trigger: { delta: { above: 0.9 } } });
    expect([...fixture.market.watched]).toEqual([symbol]);
    await ask('edit', spec());
    expect([...fixture.market.watched]).toEqual([]);
  });

  test('comes back from a restart with its new spec', async () => {
    await begin();
    await ask('edit', spec({ trigger: 23_800 }));
    await fixture.supervisor.abandon('the daemon died');
    await fixture.during(fixture.supervisor.claim());
    await fixture.tick('23700');
    expect(fixture.links).toEqual([]);
    await fixture.tick('23800');
    expect(fixture.links).toHaveLength(2);
  });
});

describe('an edit is refused', () => {
  test.each<[string, object, string]>([
    [
      'for another option',
      spec({ symbol: 'BTC-31MAR23-25000-C-USDT' }),
      `expected ${symbol}, which the task manages now`,
    ],
    ['for more than the account holds', spec({ qty: '0.4' }), 'qty: found 0.4, expected at most 0.3'],
    ['when its trigger holds already', spec({ trigger: 22_000 }), 'which holds already (index is 23000)'],
    ['when the spec is wrong', { symbol }, 'trigger: found nothing'],
  ])('%s, and changes nothing', async (_, payload, text) => {
    await begin();
    const before = fixture.store.stateOf('a');
    const answer = await ask('edit', payload);
    expect(answer?.status).toBe('refused');
    expect(answer?.text).toContain(text);
    expect(fixture.store.records).toEqual([]);
    expect(fixture.store.stateOf('a')).toBe(before);
  });

  test('when it would take what other tasks manage', async () => {
    fixture.store.keep(storedTask('b'));
    await begin();
    const answer = await ask('edit', spec());
    expect(answer).toMatchObject({ status: 'refused' });
    expect(answer?.text).toContain('all of which task b manages');
  });

  test('when the new spec has fewer rolls than the task has done', async () => {
    await begin();
    await fixture.tick('23500');
    const { held } = fixture.store.contextOf('a');
    const payload = spec({ symbol: held.symbol, trigger: 25_500, guards: { rolls: { max: 1 } } });
    expect((await ask('edit', payload))?.text).toContain(
      'guards.rolls.max: found 1, expected more than the 1 rolls that the task has done',
    );
  });

  test('during a roll, naming the state; so is a removal', async () => {
    await begin();
    fixture.account.behaviours = [stayOpen];
    await fixture.tick('23500');
    expect(fixture.links).toHaveLength(1);
    expect(await ask('edit', spec())).toMatchObject({
      status: 'refused',
      text: 'cannot edit task a while it is ROLL_INITIATED.closingLeg1',
    });
    expect(await ask('remove', null, 'c2')).toMatchObject({
      status: 'refused',
      text: 'cannot remove task a while it is ROLL_INITIATED.closingLeg1',
    });
    expect(fixture.store.contextOf('a').spec.rules[0]?.when).toMatchObject({ level: '23500' });
  });

  test('not at all while the exchange does not answer: the command is handled again later, and done once', async () => {
    await begin();
    const position = fixture.account.position.bind(fixture.account);
    fixture.account.position = () => Promise.reject(new Retryable('timeout'));
    expect(await ask('edit', spec())).toBeUndefined();
    fixture.account.position = position;
    await fixture.during(fixture.supervisor.workInbox(), 0);
    await fixture.during(fixture.supervisor.workInbox(), 0);
    expect(fixture.store.answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
    expect(fixture.store.records.filter(({ eventJson }) => eventJson.includes('EDITED'))).toHaveLength(1);
  });
});

describe('a removed task', () => {
  test('is over, touches no position, says so, and leaves its option to another task', async () => {
    await begin();
    expect(await ask('remove')).toMatchObject({
      status: 'done',
      text: `removed; Sell 0.3 ${symbol} is left as it is`,
    });
    await settle();
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
    expect(eventOf(-1)).toMatchObject({ type: 'REMOVED', askedBy: 'user:7' });
    expect(fixture.store.alerts).toMatchObject([{ severity: 'info' }]);
    expect(fixture.supervisor.taskCount).toBe(0);
    await fixture.tick('23500');
    expect(fixture.links).toEqual([]);
    fixture.store.commands.push({
      commandId: 'c2',
      accountId: '1',
      taskId: 'b',
      kind: 'add',
      askedBy: 'operator',
      payload: spec(),
    });
    await fixture.during(fixture.supervisor.workInbox(), 0);
    expect(fixture.store.answers.at(-1)).toMatchObject({ commandId: 'c2', status: 'done' });
  });

  test('that was paused is over as well, and one that is over already is not removed again', async () => {
    await begin();
    await ask('pause', null, 'c0');
    expect(await ask('remove')).toMatchObject({ status: 'done' });
    await settle();
    expect(await ask('remove', null, 'c2')).toMatchObject({
      status: 'refused',
      text: 'cannot remove task a while it is COMPLETED',
    });
    expect(await ask('edit', spec(), 'c3')).toMatchObject({
      text: 'cannot edit task a while it is COMPLETED',
    });
  });
});
