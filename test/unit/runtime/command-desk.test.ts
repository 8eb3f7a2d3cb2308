/**
 * A person who asks gets exactly one answer: with the transition when there is one, from the desk when nothing changed,
 * and none yet while the answer cannot be stored.
 */
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { BadInput, Conflict, Retryable } from '../../../src/domain/errors.ts';
import { parseTaskSpec } from '../../../src/domain/spec/task-spec.ts';
import type { Command } from '../../../src/ports/inbox.ts';
import { CommandDesk } from '../../../src/runtime/commands/command-handler.ts';
import { settle } from '../../support/virtual-clock.ts';
import { Rig } from './rig.ts';

const command = (commandId: string, kind: Command['kind'], taskId = 'a'): Command => ({
  commandId,
  accountId: '1',
  taskId,
  kind,
  askedBy: 'operator',
  payload: null,
});

/** A desk for the tasks of a rig; `asked` collects what was to be added. */
function open(addTask: (command: Command) => Promise<void> = () => Promise.resolve()) {
  const rig = new Rig();
  const added: string[] = [];
  const inCare = new Set(['1']);
  const desk = new CommandDesk({
    inbox: rig.store.inbox,
    registry: rig.registry,
    log: pino({ level: 'silent' }),
    isInCare: (accountId) => inCare.has(accountId),
    addTask: async (asked) => {
      added.push(asked.commandId);
      await addTask(asked);
    },
    fitEdit: ({ payload }) =>
      Promise.resolve(payload).then((spec) => ({ spec: parseTaskSpec(spec), qty: '0.3' })),
    storedState: ({ taskId }) => Promise.resolve(rig.store.tasks.get(taskId)?.state ?? null),
  });
  const ask = async (...commands: Command[]): Promise<void> => {
    rig.store.commands.push(...commands);
    await desk.work(['1']);
  };
  return { rig, store: rig.store, desk, added, inCare, ask, answers: rig.store.answers };
}

describe('a command for an account that is handed over', () => {
  test('before its turn comes is left for whoever takes the account', async () => {
    const { inCare, ask, answers, store } = open();
    inCare.clear();
    await ask(command('c1', 'pause'), command('c2', 'add', 'new'));
    expect(answers).toEqual([]);
    expect(store.commands).toHaveLength(2);
  });

  test('while its task is being added is not refused: the new owner adds it', async () => {
    const { inCare, ask, answers } = open(() => {
      inCare.clear();
      return Promise.reject(new Conflict('Account 1 is not held by this daemon'));
    });
    await ask(command('c1', 'add', 'new'));
    expect(answers).toEqual([]);
  });

  test('can wait for its end: the desk knows for whom it works', async () => {
    let finish = (): void => undefined;
    const { desk, ask } = open(() => new Promise((resolve) => (finish = resolve)));
    expect(desk.isWorkingFor('1')).toBe(false);
    const asked = ask(command('c1', 'add', 'new'));
    await settle();
    expect(desk.isWorkingFor('1')).toBe(true);
    expect(desk.isWorkingFor('2')).toBe(false);
    finish();
    await asked;
    expect(desk.isWorkingFor('1')).toBe(false);
  });
});

describe('a command', () => {
  test('that changes the task is answered in the record of that change, once', async () => {
    const { rig, ask, answers, store, desk } = open();
    const task = rig.add('a');
    await ask(command('c1', 'pause'));
    expect(task.state).toBe('PAUSED');
    expect(store.records.map((record) => record.answers)).toEqual([answers]);
    expect(answers).toEqual([{ commandId: 'c1', status: 'done', text: 'paused' }]);
    await desk.work(['1']);
    expect(answers).toHaveLength(1);
  });

  test('that changes nothing is answered by the desk', async () => {
    const { rig, ask, answers, store } = open();
    rig.add('a');
    await ask(command('c1', 'pause'), command('c2', 'pause'));
    expect(store.records).toHaveLength(1);
    expect(answers[1]).toEqual({ commandId: 'c2', status: 'done', text: 'paused' });
  });

  test.each([
    ['resume', 'cannot resume task a while it is IDLE.watching'],
    ['retry', 'cannot retry task a while it is IDLE.watching'],
    ['reopen', 'cannot reopen task a while it is IDLE.watching'],
    ['acceptFlat', 'cannot accept flat for task a while it is IDLE.watching'],
  ] as const)('%s is refused in the wrong state, and says which', async (kind, text) => {
    const { rig, ask, answers, store } = open();
    rig.add('a');
    await ask(command('c1', kind));
    expect(answers).toEqual([{ commandId: 'c1', status: 'refused', text }]);
    expect(store.records).toEqual([]);
  });

  test('for a task that nobody knows is refused', async () => {
    const { ask, answers } = open();
    await ask(command('c1', 'pause', 'zzz'));
    expect(answers).toEqual([
      { commandId: 'c1', status: 'refused', text: 'cannot pause task zzz while it is unknown here' },
    ]);
  });

  test('for a task that is over is refused with the state it ended in', async () => {
    const { rig, ask, answers, store } = open();
    const task = rig.add('a');
    store.keep({
      accountId: '1',
      taskId: 'a',
      version: 9,
      state: 'COMPLETED',
      snapshotJson: '{}',
      machine: '2',
    });
    rig.registry.remove(task);
    await ask(command('c1', 'pause'));
    expect(answers[0]?.text).toBe('cannot pause task a while it is COMPLETED');
  });

  test('handed over and not yet committed is not handed over again', async () => {
    const { rig, desk, store, answers } = open();
    rig.add('a');
    store.held = [];
    store.commands.push(command('c1', 'pause'));
    const rounds = [desk.work(['1']), desk.work(['1'])];
    await settle();
    expect(answers).toEqual([]);
    const waiting = store.held;
    store.held = null;
    for (const release of waiting) release();
    await Promise.all(rounds);
    expect(rig.turns.get('a')).toBe(1);
    expect(answers).toHaveLength(1);
  });

  test('whose answer cannot be stored stays in the inbox until it can', async () => {
    const { rig, ask, desk, answers, store } = open();
    rig.add('a');
    store.failing.set('answer', new Retryable('the database is away'));
    await ask(command('c1', 'retry'));
    expect(answers).toEqual([]);
    await desk.work(['1']);
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'refused' }]);
  });

  test('that fails holds up no other', async () => {
    const { rig, ask, answers, store } = open();
    rig.add('a');
    store.failing.set('answer', new Retryable('the database is away'));
    await ask(command('c1', 'retry'), command('c2', 'pause'));
    expect(answers.map(({ commandId }) => commandId)).toEqual(['c2']);
  });

  test('for an account that is held elsewhere is left alone', async () => {
    const { rig, ask, answers } = open();
    const task = rig.add('a');
    await ask({ ...command('c1', 'pause'), accountId: '2' });
    expect(answers).toEqual([]);
    expect(task.state).toBe('IDLE.watching');
  });
});

describe('an inbox that cannot be read', () => {
  test('is read again with the next call', async () => {
    const { rig, ask, desk, answers, store } = open();
    rig.add('a');
    store.failing.set('waiting', new Retryable('the database is away'));
    await ask(command('c1', 'pause'));
    expect(answers).toEqual([]);
    await desk.work(['1']);
    expect(answers).toHaveLength(1);
  });
});

describe('a task to be added', () => {
  test('is answered where it is stored, not by the desk', async () => {
    const { ask, answers, added } = open();
    await ask(command('c1', 'add'));
    expect(added).toEqual(['c1']);
    expect(answers).toEqual([]);
  });

  test.each([
    [
      new BadInput('The task does not fit', [{ path: 'qty', found: '5', expected: 'at most 0.3' }]),
      'qty: found 5',
    ],
    [new Conflict('task a exists already'), 'task a exists already'],
  ])('that cannot be is refused with the reason', async (error, text) => {
    const { ask, answers } = open(() => Promise.reject(error));
    await ask(command('c1', 'add'));
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'refused' }]);
    expect(answers[0]?.text).toContain(text);
  });

  test('that could not be checked stays in the inbox', async () => {
    const { ask, desk, answers, added } = open(() => Promise.reject(new Retryable('the exchange is away')));
    await ask(command('c1', 'add'));
    expect(answers).toEqual([]);
    await desk.work(['1']);
    expect(added).toEqual(['c1', 'c1']);
  });
});
