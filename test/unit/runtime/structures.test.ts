/** The legs of a structure in a running daemon: what the account shows of each, its delivery, and edits that keep them by name. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Position, Settlement } from '../../../src/domain/market/order.ts';
import { legsOf } from '../../../src/domain/rules/structure.ts';
import type { Command } from '../../../src/ports/inbox.ts';
import { SupervisorFixture } from './supervisor-fixture.ts';
import { storedTask } from './memory-store.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const farCall = 'BTC-28APR23-26000-C-USDT';
const spec = (changes: object = {}): object => ({
  legs: [call, put],
  trigger: { index: { above: 90_000 } },
  target: 'close',
  ...changes,
});
/** How long it takes until a second list has confirmed what the first list showed. */
const bothListsMs = 21_000;

const short = (symbol: string, qty = '0.3'): Position => ({ symbol, side: 'Sell', qty, averagePrice: '900' });

let fixture: SupervisorFixture;
beforeEach(() => {
  fixture = new SupervisorFixture();
});

/** What the exchange shows in pushes and in lists. */
async function show(...positions: Position[]): Promise<void> {
  const held = positions.filter(({ qty }) => qty !== '0');
  fixture.account.positions = () => Promise.resolve(held);
  fixture.account.position = (symbol) =>
    Promise.resolve(
      held.find((position) => position.symbol === symbol) ?? {
        symbol,
        side: null,
        qty: '0',
        averagePrice: '0',
      },
    );
  for (const position of positions) fixture.account.listener?.position(position);
  await fixture.clock.advance(bothListsMs);
}

async function begin(changes: object = {}, ...positions: Position[]): Promise<void> {
  fixture.store.keep(storedTask('a', spec(changes)));
  const held = positions.length > 0 ? positions : [short(call), short(put)];
  fixture.account.positions = () => Promise.resolve(held);
  await fixture.during(fixture.supervisor.claim());
  await show(...held);
}

const heldNow = (): Record<string, string> =>
  Object.fromEntries(legsOf(fixture.store.contextOf('a')).map(({ leg = '', qty }) => [leg, qty]));
const texts = (): readonly string[] => fixture.store.alerts.map(({ text }) => text);
const gone = (symbol: string): Position => ({ ...short(symbol, '0'), side: null });

describe('what the account shows of a leg', () => {
  test('as it is changes nothing', async () => {
    await begin();
    expect(fixture.store.records).toEqual([]);
  });

  test('closed by its owner ends that leg, and the other goes on', async () => {
    await begin();
    await show(short(call), gone(put));
    expect(heldNow()).toEqual({ call: '0.3', put: '0' });
    expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
    expect(texts()).toEqual([expect.stringContaining('The task goes on with call.')]);
    await show(gone(call));
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
  });

  test('of both legs at once is taken of both', async () => {
    await begin();
    await show(short(call, '0.1'), short(put, '0.2'));
    expect(heldNow()).toEqual({ call: '0.1', put: '0.2' });
  });

  test('closed altogether ends the task', async () => {
    await begin();
    await show(gone(call), gone(put));
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
    expect(heldNow()).toEqual({ call: '0', put: '0' });
  });

  test('larger than before is told of a leg that was given as a whole, and not of one that was given in part', async () => {
    await begin({ legs: [{ symbol: call, qty: '0.3' }, put] });
    await show(short(call, '0.5'), short(put, '0.5'));
    expect(texts()).toEqual([expect.stringContaining(`holds 0.5 ${put}`)]);
  });

  test('is told of the task that has the leg, not of another on the same coin', async () => {
    fixture.store.keep(storedTask('b', { symbol: farCall, trigger: 90_000, target: 'close' }));
    await begin({}, short(call), short(put), short(farCall));
    await show(short(call), short(put), gone(farCall));
    expect(fixture.store.stateOf('b')).toBe('COMPLETED');
    expect(heldNow()).toEqual({ call: '0.3', put: '0.3' });
  });
});

describe('a delivery', () => {
  const settlement = (symbol: string): Settlement => ({
    symbol,
    side: 'Sell',
    qty: '0.3',
    deliveryPrice: '23000',
    fee: '0',
    atMs: 0,
  });
  const passTo = async (symbol: string): Promise<void> => {
    const leg = legsOf(fixture.store.contextOf('a')).find((one) => one.symbol === symbol);
    await fixture.clock.advance((leg?.expiryMs ?? 0) - fixture.clock.nowMs() + 120_000);
  };

  test('of all legs ends the task', async () => {
    await begin();
    fixture.account.settlements = [settlement(call), settlement(put)];
    await passTo(call);
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
    expect(texts()).toHaveLength(2);
  });

  test('of the near leg is sent though the far one is the first, and the far one has its own later', async () => {
    await begin({ legs: [farCall, call] }, short(farCall), short(call));
    fixture.account.settlements = [settlement(call)];
    await passTo(call);
    expect(heldNow()).toEqual({ 'far call': '0.3', 'near call': '0' });
    expect(fixture.store.stateOf('a')).toBe('IDLE.watching');
    fixture.account.settlements = [settlement(call), settlement(farCall)];
    await passTo(farCall);
    expect(fixture.store.stateOf('a')).toBe('COMPLETED');
  });
});

describe('an edit of a structure', () => {
  async function ask(kind: Command['kind'], payload: unknown) {
    const commandId = `c${fixture.store.commands.length}`;
    const command = { commandId, accountId: '1', taskId: 'a', kind, askedBy: 'user:7', payload };
    fixture.store.commands.push(command);
    await fixture.during(fixture.supervisor.workInbox(), 0);
    return fixture.store.answers.find((answer) => answer.commandId === commandId);
  }

  test('keeps the legs by name, in the order in which it names them, and changes what of each is managed', async () => {
    await begin();
    expect(await ask('edit', spec({ legs: [{ symbol: put, qty: '0.1' }, call] }))).toMatchObject({
      status: 'done',
      text: `edited: Sell 0.1 ${put} (put) and Sell 0.3 ${call} (call); closes on index above 90000`,
    });
    expect(fixture.store.contextOf('a')).toMatchObject({
      held: { leg: 'put', qty: '0.1', premium: '90' },
      others: [{ leg: 'call', qty: '0.3', premium: '270' }],
      ledger: { changedByOwner: '-0.2' },
    });
  });

  test('leaves a leg that is gone as it is', async () => {
    await begin();
    await show(short(call), gone(put));
    expect(await ask('edit', spec({ trigger: { index: { above: 80_000 } } }))).toMatchObject({
      status: 'done',
    });
    expect(heldNow()).toEqual({ call: '0.3', put: '0' });
  });

  test.each([
    [
      { legs: [call, 'BTC-31MAR23-21000-P-USDT'] },
      `legs.1.symbol: found BTC-31MAR23-21000-P-USDT, expected ${put}, which the task manages as put now`,
    ],
    [
      { legs: [call, { name: 'hedge', symbol: put }] },
      'legs.1.name: found hedge, expected one of the legs of the task: call, put',
    ],
    [
      { legs: [call, { symbol: put, qty: '0.4' }] },
      'legs.1.qty: found 0.4, expected at most 0.3: the account holds Sell 0.3',
    ],
  ])('is refused for other options: %j', async (changes, text) => {
    await begin();
    expect(await ask('edit', spec(changes))).toMatchObject({
      status: 'refused',
      text: expect.stringContaining(text) as string,
    });
  });

  test('is not what makes one option of a structure', async () => {
    await begin();
    const single = { symbol: call, trigger: 90_000, target: 'close' };
    expect(await ask('edit', single)).toMatchObject({
      status: 'refused',
      text: expect.stringContaining(`symbol: found ${call}, expected legs, which the task manages`) as string,
    });
  });

  test('is not what makes a structure of one option', async () => {
    fixture.store.keep(storedTask('a', { symbol: call, trigger: 90_000, target: 'close' }));
    await fixture.during(fixture.supervisor.claim());
    expect(await ask('edit', spec())).toMatchObject({
      status: 'refused',
      text: expect.stringContaining(`legs: found several options, expected symbol: ${call}`) as string,
    });
  });

  test('and a removal name every leg', async () => {
    await begin();
    expect(await ask('remove', null)).toMatchObject({
      status: 'done',
      text: `removed; Sell 0.3 ${call} (call) and Sell 0.3 ${put} (put) are left as they are`,
    });
    expect(texts()).toEqual([expect.stringContaining('are left as they are, and no longer watched')]);
  });
});
