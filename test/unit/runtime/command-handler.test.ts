/**
 * Each command gets exactly one answer: with the transition when there is one, from the command handler when nothing
 * changed, and none yet while the answer cannot be stored.
 */
import { describe, expect, test } from 'vitest';
import { Conflict, NotHeld, Retryable } from '../../../src/domain/errors.ts';
import type { TradingAccount } from '../../../src/ports/exchange.ts';
import type { Command } from '../../../src/ports/inbox.ts';
import type { NewTask } from '../../../src/ports/journal.ts';
import { CommandHandler } from '../../../src/runtime/commands/command-handler.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { PriceHealth } from '../../../src/runtime/triggers/price-health.ts';
import { fillAll } from '../../support/task-fixture.ts';
import { settle } from '../../support/virtual-clock.ts';
import { storedTask, symbol } from './memory-store.ts';
import { TasksFixture } from './tasks-fixture.ts';

const command = (
  commandId: string,
  kind: Exclude<Command['kind'], 'add' | 'edit'>,
  taskId = 'a',
): Command => ({ commandId, accountId: '1', taskId, kind, askedBy: 'operator', payload: null });

const add = (commandId: string, spec: object = {}): Command => ({
  commandId,
  accountId: '1',
  taskId: 'new',
  kind: 'add',
  askedBy: 'operator',
  payload: { symbol, trigger: 23900, target: 1000, ...spec },
});

/** A handler for the tasks of account 1; `added` collects the ids of the commands whose tasks were to be stored. */
function open(create?: (task: NewTask) => Promise<void>) {
  const fixture = new TasksFixture();
  const { store, registry, router, account, market, clock, log } = fixture;
  const added: string[] = [];
  const managed = new Map<string, TradingAccount>([['1', account]]);
  const handler = new CommandHandler({
    inbox: store.inbox,
    ownership: store.ownership,
    accounts: { ids: ['1'], get: (accountId) => managed.get(accountId) },
    tasks: {
      registry,
      machine: provideEffects(),
      stops: { takeAway: () => Promise.resolve() },
      create: async (task) => {
        added.push(task.answer.commandId);
        await (create ?? store.ownership.create)(task);
      },
    },
    prices: new PriceHealth(router, { log, clock }),
    market,
    clock,
    log,
  });
  const ask = async (...commands: Command[]): Promise<void> => {
    store.commands.push(...commands);
    await handler.work();
  };
  return { fixture, store, handler, added, managed, ask, answers: store.answers };
}

describe('a command for an account that is handed over', () => {
  test('before its turn comes is left for the daemon that takes the account', async () => {
    const { managed, ask, answers, store } = open();
    managed.clear();
    await ask(command('c1', 'pause'), add('c2'));
    expect(answers).toEqual([]);
    expect(store.commands).toHaveLength(2);
  });

  test.each([
    ['knows that', new Conflict('version 3 is stored'), true],
    ['has not noticed yet', new NotHeld('Account 1 is not held by this daemon'), false],
  ])(
    'and whose daemon %s while it adds the task is not refused: the new owner adds it',
    async (_, error, knows) => {
      const { managed, ask, answers } = open(() => {
        if (knows) managed.clear();
        return Promise.reject(error);
      });
      await ask(add('c1'));
      expect(answers).toEqual([]);
    },
  );

  test('can wait until that is answered: the handler knows the accounts that it works for', async () => {
    let finish = (): void => undefined;
    const { handler, ask } = open(() => new Promise((resolve) => (finish = resolve)));
    expect(handler.isWorkingFor('1')).toBe(false);
    const asked = ask(add('c1'));
    await settle();
    expect(handler.isWorkingFor('1')).toBe(true);
    expect(handler.isWorkingFor('2')).toBe(false);
    finish();
    await asked;
    expect(handler.isWorkingFor('1')).toBe(false);
  });
});

describe('a command', () => {
  test('that changes the task is answered in the record of that change, once', async () => {
    const { fixture, ask, answers, store, handler } = open();
    const task = fixture.add('a');
    await ask(command('c1', 'pause'));
    expect(task.state).toBe('PAUSED');
    expect(store.records.map((record) => record.answers)).toEqual([answers]);
    expect(answers).toEqual([{ commandId: 'c1', status: 'done', text: 'paused' }]);
    await handler.work();
    expect(answers).toHaveLength(1);
  });

  test('that changes nothing is answered by the handler', async () => {
    const { fixture, ask, answers, store } = open();
    fixture.add('a');
    await ask(command('c1', 'pause'), command('c2', 'pause'));
    expect(store.records).toHaveLength(1);
    expect(answers[1]).toEqual({ commandId: 'c2', status: 'done', text: 'paused' });
  });

  test.each([
    ['resume', 'cannot resume task a while it is IDLE.watching'],
    ['retry', 'cannot retry task a while it is IDLE.watching'],
    ['reopen', 'cannot reopen task a while it is IDLE.watching'],
    ['acceptFlat', 'cannot accept flat for task a while it is IDLE.watching'],
  ] as const)('%s is refused in the wrong state, which the answer names', async (kind, text) => {
    const { fixture, ask, answers, store } = open();
    fixture.add('a');
    await ask(command('c1', kind));
    expect(answers).toEqual([{ commandId: 'c1', status: 'refused', text }]);
    expect(store.records).toEqual([]);
  });

  test.each<[Command['kind'], object | null, RegExp]>([
    ['markFilled', { linkId: 'x', qty: '-1', price: '9', fee: '0' }, /qty: found "-1", expected 0 or more/],
    ['markFilled', { linkId: 'x', qty: '1', price: '0', fee: '0' }, /price: found "0", expected the average/],
    [
      'markFilled',
      { linkId: 'x', qty: '1e99', price: '1', fee: '0' },
      /qty: found "1e99", expected a decimal/,
    ],
    ['markNotPlaced', null, /What was said of the order is not right/],
    ['markNotPlaced', { linkId: 'x' }, /^cannot mark an order as not placed of task a while it is IDLE/],
    [
      'markFilled',
      { linkId: 'x', qty: '0', price: '0', fee: '0' },
      /^cannot mark an order as filled of task/,
    ],
  ])('%s with %j is refused with the reason', async (kind, payload, text) => {
    const { fixture, ask, answers, store } = open();
    fixture.add('a');
    await ask({ ...command('c1', 'pause'), kind, payload });
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'refused' }]);
    expect(answers[0]?.text).toMatch(text);
    expect(store.records).toEqual([]);
  });

  test('for an unknown task is refused', async () => {
    const { ask, answers } = open();
    await ask(command('c1', 'pause', 'zzz'));
    expect(answers).toEqual([
      { commandId: 'c1', status: 'refused', text: 'cannot pause task zzz while it is unknown here' },
    ]);
  });

  test('for a task that is over is refused with the state it ended in', async () => {
    const { fixture, ask, answers, store } = open();
    const task = fixture.add('a');
    store.keep({ ...storedTask('a'), version: 9, state: 'COMPLETED', phase: 'over' });
    fixture.registry.remove(task);
    await ask(command('c1', 'pause'));
    expect(answers[0]?.text).toBe('cannot pause task a while it is COMPLETED');
  });

  test('sent to its task and not yet committed is not sent again', async () => {
    const { fixture, handler, store, answers } = open();
    fixture.add('a');
    store.held = [];
    store.commands.push(command('c1', 'pause'));
    const rounds = [handler.work(), handler.work()];
    await settle();
    expect(answers).toEqual([]);
    const waiting = store.held;
    store.held = null;
    for (const release of waiting) release();
    await Promise.all(rounds);
    expect(fixture.turns.get('a')).toBe(1);
    expect(answers).toHaveLength(1);
  });

  test('whose answer cannot be stored stays in the inbox until it can be', async () => {
    const { fixture, ask, handler, answers, store } = open();
    fixture.add('a');
    store.failing.set('answer', new Retryable('the database is away'));
    await ask(command('c1', 'retry'));
    expect(answers).toEqual([]);
    await handler.work();
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'refused' }]);
  });

  test('that fails holds up no other', async () => {
    const { fixture, ask, answers, store } = open();
    fixture.add('a');
    store.failing.set('answer', new Retryable('the database is away'));
    await ask(command('c1', 'retry'), command('c2', 'pause'));
    expect(answers.map(({ commandId }) => commandId)).toEqual(['c2']);
  });

  test('for an account that is held elsewhere is left alone', async () => {
    const { fixture, ask, answers } = open();
    const task = fixture.add('a');
    await ask({ ...command('c1', 'pause'), accountId: '2' });
    expect(answers).toEqual([]);
    expect(task.state).toBe('IDLE.watching');
  });
});

describe('an inbox that cannot be read', () => {
  test('is read again with the next call', async () => {
    const { fixture, ask, handler, answers, store } = open();
    fixture.add('a');
    store.failing.set('waiting', new Retryable('the database is away'));
    await ask(command('c1', 'pause'));
    expect(answers).toEqual([]);
    await handler.work();
    expect(answers).toHaveLength(1);
  });
});

describe('a task to be added', () => {
  test('is answered where it is stored, not by the handler', async () => {
    const { ask, answers, added } = open();
    await ask(add('c1'));
    expect(added).toEqual(['c1']);
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
  });

  test('whose spec does not fit is refused with the reason', async () => {
    const { ask, answers, added } = open();
    await ask(add('c1', { qty: '5' }));
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'refused' }]);
    expect(answers[0]?.text).toContain('qty: found 5');
    expect(added).toEqual([]);
  });

  test('whose id is taken is refused with the reason', async () => {
    const { ask, answers, store } = open();
    store.keep(storedTask('new'));
    await ask(add('c1'));
    expect(answers).toEqual([{ commandId: 'c1', status: 'refused', text: 'task new exists' }]);
  });

  test('of an option that another task is rolling into is refused: what is there may be the other one’s', async () => {
    const { fixture, ask, answers, added } = open();
    const into = symbol.replace('24000', '25000');
    fixture.add('a');
    fixture.account.behaviours = [
      fillAll,
      (order, account) => {
        account.accept(order);
        account.fillSilently(order.linkId, order.qty);
      },
    ];
    fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(await fixture.account.position(into)).toMatchObject({ qty: '0.3' });
    await ask(add('c1', { symbol: into, trigger: 26_000 }));
    expect(added).toEqual([]);
    expect(answers.at(-1)).toMatchObject({
      status: 'refused',
      text: expect.stringContaining('task a rolls into or out of it') as string,
    });
  });

  test('of an option that another task has just rolled out of is refused as long as lists may lag', async () => {
    const { fixture, ask, answers, added } = open();
    fixture.add('a');
    fixture.tick('23500');
    await fixture.clock.advance(1_000);
    expect(fixture.registry.get('a')?.context.rollsDone).toBe(1);
    fixture.account.position = () =>
      Promise.resolve({ symbol, side: 'Sell', qty: '0.3', averagePrice: '900' });
    await ask(add('c1'));
    expect(answers.at(-1)).toMatchObject({ status: 'refused' });
    await fixture.clock.advance(10_000);
    await ask(add('c2'));
    expect(added).toEqual(['c2']);
  });

  test('that could not be checked stays in the inbox', async () => {
    const { fixture, ask, handler, answers, added } = open();
    const { account } = fixture;
    const position = account.position.bind(account);
    account.position = () => Promise.reject(new Retryable('the exchange is away'));
    await ask(add('c1'));
    expect([answers, added]).toEqual([[], []]);
    account.position = position;
    await handler.work();
    expect(added).toEqual(['c1']);
    expect(answers).toMatchObject([{ commandId: 'c1', status: 'done' }]);
  });
});

describe('a handler that is closed', () => {
  test('leaves what waits in the inbox', async () => {
    const { ask, handler, answers } = open();
    handler.close();
    await ask(add('c1'));
    expect(answers).toEqual([]);
  });
});
