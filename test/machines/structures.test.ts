/** Between rolls a structure is managed leg by leg: what its owner closes, and what is delivered, ends one leg, and the others go on. */
import { describe, expect, test } from 'vitest';
import { legsOf } from '../../src/domain/rules/structure.ts';
import { hourMs } from '../../src/domain/units.ts';
import { TaskFixture } from '../support/task-fixture.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const farCall = 'BTC-28APR23-26000-C-USDT';
const rules = [{ when: { index: { above: 90_000 } }, then: 'close' }];

const strangle = (changes: object = {}): TaskFixture =>
  new TaskFixture({ spec: { legs: [call, put], rules, ...changes } });
const calendar = (): TaskFixture =>
  new TaskFixture({
    spec: {
      legs: [
        { symbol: farCall, side: 'long' },
        { symbol: call, side: 'short' },
      ],
      rules,
    },
  });

/** By name, what of each is held. */
const heldOf = ({ task }: TaskFixture): Record<string, string> =>
  Object.fromEntries(legsOf(task.context).map(({ leg = '', qty }) => [leg, qty]));
const texts = ({ alerts }: TaskFixture) => alerts.map(({ text }) => text);

/** Two lists showed so much of this option. */
async function see(fixture: TaskFixture, symbol: string, qty: string): Promise<void> {
  const side = qty === '0' ? null : ('Sell' as const);
  const askedAtMs = fixture.clock.nowMs();
  const seen = { symbol, side, qty, firstAskedAtMs: askedAtMs - 10_000, askedAtMs };
  fixture.task.send({ type: 'POSITION_SEEN', ...seen });
  await fixture.clock.advance(0);
}

/** As the held index does it, until the task takes it. */
async function deliver(fixture: TaskFixture, atMs: number): Promise<void> {
  await fixture.clock.advance(atMs - fixture.clock.nowMs() + 5_000);
  fixture.task.send({ type: 'EXPIRED' });
  await fixture.clock.advance(0);
}

const settlement = (symbol: string, deliveryPrice = '23000') => ({
  symbol,
  side: 'Sell' as const,
  qty: '0.3',
  deliveryPrice,
  fee: '0.1',
  atMs: 0,
});

describe('a leg that its owner closes', () => {
  test('is given up with an alert, and the task goes on with the other', async () => {
    const fixture = strangle();
    await see(fixture, call, '0');
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(heldOf(fixture)).toEqual({ call: '0', put: '0.3' });
    expect(fixture.task.context.held).toMatchObject({ leg: 'call', premium: '0' });
    expect(fixture.task.context.ledger.changedByOwner).toBe('-0.3');
    expect(texts(fixture)).toEqual([
      `0.3 ${call} was closed by its owner, nothing is left. The task goes on with put.`,
    ]);
  });

  test('ends the task when it was the last', async () => {
    const fixture = strangle();
    await see(fixture, put, '0');
    await see(fixture, call, '0');
    expect(fixture.task.state).toBe('COMPLETED');
    expect(heldOf(fixture)).toEqual({ call: '0', put: '0' });
    expect(texts(fixture).at(-1)).toContain('is over');
  });

  test('is given up once: seen again it changes nothing', async () => {
    const fixture = strangle();
    await see(fixture, put, '0');
    await see(fixture, put, '0');
    expect(fixture.journal.records).toHaveLength(1);
  });

  test('does not hide what the same two lists showed of another', async () => {
    const fixture = strangle();
    await see(fixture, call, '0.1');
    await see(fixture, put, '0.2');
    expect(heldOf(fixture)).toEqual({ call: '0.1', put: '0.2' });
    expect(legsOf(fixture.task.context).map(({ leg, premium }) => [leg, premium])).toEqual([
      ['call', '90'],
      ['put', '180'],
    ]);
  });

  test('and one that is not of the task concerns it not', async () => {
    const fixture = strangle();
    await see(fixture, farCall, '0');
    expect(fixture.journal.records).toEqual([]);
  });
});

test('legs that have both grown are reported once each', async () => {
  const fixture = strangle();
  for (let round = 0; round < 2; round += 1)
    for (const symbol of [call, put]) await see(fixture, symbol, '0.5');
  expect(texts(fixture)).toEqual(
    [call, put].map((symbol) => expect.stringContaining(`the account holds 0.5 ${symbol}`) as string),
  );
});

describe('the delivery of a structure', () => {
  test('settles its legs one after the other, each in the ledger', async () => {
    const fixture = strangle();
    fixture.account.settlements = [settlement(put), settlement(call, '27000')];
    await deliver(fixture, fixture.task.context.held.expiryMs);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(heldOf(fixture)).toEqual({ call: '0', put: '0' });
    const { ledger } = fixture.task.context;
    expect(ledger.settlements?.map(({ symbol, payout }) => [symbol, payout])).toEqual([
      [call, '-300'],
      [put, '0'],
    ]);
    expect(ledger.settlement).toEqual(ledger.settlements?.[1]);
    expect(ledger).toMatchObject({ debits: '300', credits: '0', fees: '0.2', realised: '240' });
    expect(texts(fixture)).toEqual([
      `0.3 ${call} was delivered at 27000: paid 300, fee 0.1. The task goes on with put.`,
      `0.3 ${put} was delivered at 23000: worthless. The task is over.`,
    ]);
  });

  test('waits for the leg that is not on record yet, and books none twice', async () => {
    const fixture = strangle();
    fixture.account.settlements = [settlement(call)];
    await deliver(fixture, fixture.task.context.held.expiryMs);
    expect(fixture.task.state).toBe('IDLE.awaitingSettlement');
    fixture.restart();
    fixture.account.settlements = [settlement(call), settlement(put)];
    await fixture.clock.advance(120_000);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(fixture.task.context.ledger.settlements).toHaveLength(2);
  });

  test('of a leg that left no record gives that one up and goes on', async () => {
    const fixture = strangle();
    fixture.account.settlements = [settlement(put)];
    fixture.account.showNothing();
    fixture.market.expiries = [];
    await deliver(fixture, fixture.task.context.held.expiryMs);
    await fixture.clock.advance(2 * hourMs + 120_000);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(fixture.task.context.ledger).toMatchObject({
      changedByOwner: '-0.3',
      settlements: [{ symbol: put }],
    });
    expect(texts(fixture)).toEqual([
      `${call} has expired; no delivery of it is on record. The task goes on with put.`,
      expect.stringContaining(`0.3 ${put} was delivered`),
    ]);
  });

  test('of the near leg of a calendar leaves the far one managed until its own', async () => {
    const fixture = calendar();
    const [far, near] = legsOf(fixture.task.context);
    expect([far?.leg, near?.leg]).toEqual(['far call', 'near call']);
    fixture.account.settlements = [settlement(call)];
    await deliver(fixture, near?.expiryMs ?? 0);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(heldOf(fixture)).toEqual({ 'far call': '0.3', 'near call': '0' });
    expect(texts(fixture)).toEqual([expect.stringContaining('The task goes on with far call.')]);
    fixture.account.settlements = [settlement(call), settlement(farCall, '27000')];
    await deliver(fixture, far?.expiryMs ?? 0);
    expect(fixture.task.state).toBe('COMPLETED');
    expect(fixture.task.context.ledger.settlements?.map(({ payout }) => payout)).toEqual(['0', '300']);
  });

  test('seen too early by a wrong clock lets it wait again', async () => {
    const fixture = calendar();
    fixture.task.send({ type: 'EXPIRED' });
    await fixture.clock.advance(5_000);
    expect(fixture.task.state).toBe('IDLE.watching');
    expect(fixture.task.context.reasons).toMatchObject([{ kind: 'alive', figures: { symbol: call } }]);
    expect(heldOf(fixture)).toEqual({ 'far call': '0.3', 'near call': '0.3' });
  });

  test('of one leg keeps a paused task paused', async () => {
    const fixture = calendar();
    fixture.task.send({ type: 'PAUSE', commandId: 'c' });
    fixture.account.settlements = [settlement(call)];
    await deliver(fixture, legsOf(fixture.task.context)[1]?.expiryMs ?? 0);
    expect(fixture.task.state).toBe('PAUSED');
  });
});
