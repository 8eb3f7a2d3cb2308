/**
 * A task is made of a position only if the account holds it, no other task manages it, and the exchange would trade it.
 */
import { createActor } from 'xstate';
import { describe, expect, test } from 'vitest';
import { BadInput, Retryable } from '../../../src/domain/errors.ts';
import type { Instrument, Position } from '../../../src/domain/market/order.ts';
import type { HeldOption, HeldPosition } from '../../../src/domain/market/held-option.ts';
import type { EventCalendarReader } from '../../../src/ports/event-calendar.ts';
import { adoptPosition } from '../../../src/runtime/positions/adopt-position.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { addCommand } from '../../support/add-command.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { FixtureAccount, strikes } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { symbol } from './memory-store.ts';

const short = (qty: string): Position => ({ symbol, side: 'Sell', qty, averagePrice: '900' });
const managed = (qty: string, of = symbol): HeldPosition => ({ symbol: of, side: 'Sell', qty });

interface Scene {
  readonly spec?: object;
  readonly positions?: readonly Position[];
  /** By tasks `other1`, `other2`, … */
  readonly taken?: readonly HeldPosition[];
  readonly rules?: Partial<Instrument>;
  readonly listed?: readonly string[];
  /** Strikes without a quote. */
  readonly silent?: readonly string[];
  readonly calendar?: EventCalendarReader;
}

function adopt(scene: Scene) {
  const {
    spec = {},
    positions = [short('0.3')],
    taken = [],
    rules = {},
    listed = strikes,
    silent = [],
    calendar,
  } = scene;
  const clock = new VirtualClock();
  const market = new FixtureMarket(clock, listed);
  for (const strike of silent) market.silent.add(strike);
  const chain = market.chain.bind(market);
  market.chain = async (series) =>
    (await chain(series)).map((option) => ({ ...option, instrument: { ...option.instrument, ...rules } }));
  return adoptPosition({
    command: addCommand({ symbol, trigger: 23500, target: 1000, ...spec }),
    account: new FixtureAccount(clock, positions),
    market,
    calendar,
    machine: provideEffects(),
    nowMs: clock.nowMs(),
    takenPositions: taken.map((position, at) => ({ ...position, taskId: `other${at + 1}` })),
  });
}

const adoptedIn = async (scene: Scene): Promise<HeldOption> => {
  const { eventJson } = await adopt(scene);
  return (JSON.parse(eventJson) as { input: { held: HeldOption } }).input.held;
};

const heldOf = async (scene: Scene): Promise<HeldPosition> => {
  const { symbol, side, qty } = await adoptedIn(scene);
  return { symbol, side, qty };
};

const refusalOf = async (scene: Scene): Promise<string> => {
  const error: unknown = await adopt(scene).catch((cause: unknown) => cause);
  if (!(error instanceof BadInput)) throw new Error('not refused', { cause: error });
  return error.message.split('\n').slice(1).join('\n').trim();
};

describe('an adopted position', () => {
  test('is stored as a watching task that can be restored, with the answer to its command', async () => {
    const task = await adopt({});
    expect(task).toMatchObject({
      accountId: '1',
      taskId: 'task000001',
      state: 'IDLE.watching',
      answer: {
        commandId: 'c1',
        status: 'done',
        text: `adopted Sell 0.3 ${symbol}; rolls on index above 23500`,
      },
    });
    expect(JSON.parse(task.eventJson)).toMatchObject({ type: 'CREATED', atMs: task.atMs });
    expect(JSON.parse(task.specJson)).toMatchObject({ symbol, qty: 'all' });
    const actor = createActor(provideEffects(), {
      snapshot: JSON.parse(task.snapshotJson) as never,
    } as never);
    expect(JSON.stringify(actor.getPersistedSnapshot())).toBe(task.snapshotJson);
  });

  test('has the side that the account holds: it is read, never assumed', async () => {
    expect(await heldOf({})).toEqual(managed('0.3'));
    expect(await heldOf({ positions: [{ ...short('0.5'), side: 'Buy' }] })).toEqual({
      symbol,
      side: 'Buy',
      qty: '0.5',
    });
  });

  test('has its part of the premium it was opened at, and the time of its delivery', async () => {
    expect(await adoptedIn({ spec: { qty: '0.1' } })).toMatchObject({
      premium: '90',
      expiryMs: Date.UTC(2023, 2, 31, 8),
    });
  });

  test("is found by the name that the exchange's pages show", async () => {
    expect(
      await heldOf({ spec: { symbol: symbol.replace('BTC-', 'BTCUSDT-').replace(/-USDT$/, '') } }),
    ).toEqual(managed('0.3'));
  });

  test('knows the index of that moment, where a quote of the option shows it', async () => {
    expect(await adoptedIn({})).toMatchObject({ indexAtOpening: '23000' });
    expect(await adoptedIn({ silent: ['24000'] })).not.toHaveProperty('indexAtOpening');
  });

  test('may be a part of what the account holds', async () => {
    expect(await heldOf({ spec: { qty: '0.1' } })).toEqual(managed('0.1'));
  });
});

describe('two tasks on one position', () => {
  test('share it: `all` means what the first task left', async () => {
    expect(await heldOf({ taken: [managed('0.1')] })).toEqual(managed('0.2'));
    expect(await heldOf({ taken: [managed('0.1'), managed('0.1')], spec: { qty: '0.1' } })).toEqual(
      managed('0.1'),
    );
  });

  test('never manage the same part', async () => {
    expect(await refusalOf({ taken: [managed('0.2')], spec: { qty: '0.2' } })).toBe(
      'qty: found 0.2, expected at most 0.1: the account holds Sell 0.3, of which task other1 manages 0.2',
    );
    expect(await refusalOf({ taken: [managed('0.3')] })).toMatch(
      /^symbol: found Sell 0.3 \S+, all of which task other1 manages, expected a position that no task has/,
    );
    expect(await refusalOf({ taken: [managed('0.1'), managed('0.2')] })).toContain(
      'all of which is managed: task other1 manages 0.1, task other2 manages 0.2, expected',
    );
  });

  test('on different options do not concern each other', async () => {
    expect(await heldOf({ taken: [managed('0.3', 'BTC-31MAR23-25000-C-USDT')] })).toEqual(managed('0.3'));
    expect(await heldOf({ taken: [managed('0.3', 'BTC-31MAR23-24000-C')] })).toEqual(managed('0.3'));
  });
});

describe('a task is refused', () => {
  test.each<[string, Scene, string]>([
    [
      'without a position',
      { positions: [] },
      `symbol: found no position in ${symbol}, expected an option that the account holds`,
    ],
    [
      'for more than the account holds',
      { spec: { qty: '0.31' } },
      'qty: found 0.31, expected at most 0.3: the account holds Sell 0.3',
    ],
    [
      'on an option that is not listed',
      { listed: ['25000'] },
      `symbol: found ${symbol}, expected an option listed on the exchange`,
    ],
    [
      'on an option that is being delivered',
      { rules: { status: 'Delivering' } },
      `symbol: found ${symbol}, which is Delivering, expected an option that is trading`,
    ],
    [
      'off the lot grid',
      { spec: { qty: '0.15' }, rules: { qtyStep: '0.1', minQty: '0.1' } },
      `qty: found 0.15, expected a quantity the exchange takes: quantity 0.15 of ${symbol} is not a multiple of 0.1`,
    ],
    [
      'below the smallest order',
      { rules: { minQty: '1' } },
      `qty: found 0.3, expected a quantity the exchange takes: quantity 0.3 of ${symbol} is below the minimum 1`,
    ],
    [
      'for a wrong spec',
      { spec: { follow: 'index' } },
      'follow: found "index", expected strike, fixed or percent',
    ],
    [
      'whose trigger holds already',
      { spec: { trigger: 23_000 } },
      'trigger: found index above 23000, which holds already (index is 23000), expected a trigger that does not hold yet, or evenIfTrue: true',
    ],
    [
      'whose trigger holds already, of the option itself',
      { spec: { trigger: { all: [{ profit: { above: '-20%' } }, { index: { above: 22_000 } }] } } },
      'trigger: found all of (profit above -20 %, index above 22000), which holds already (profit is -11.11 %, index is 23000), expected a trigger that does not hold yet, or evenIfTrue: true',
    ],
    [
      'for an hour after the delivery, as the option is listed',
      {
        spec: { trigger: { expiryDay: { after: '07:00' } }, target: 'close' },
        rules: { expiryMs: Date.UTC(2023, 2, 31, 6) },
      },
      `trigger.expiryDay.after: found 07:00, expected an hour before 06:00 UTC, when ${symbol} is delivered`,
    ],
    [
      'without a position, though another one may have been meant',
      { positions: [{ ...short('0.3'), symbol: 'BTC-31MAR23-24000-C' }] },
      `symbol: found no position in ${symbol}, expected an option that the account holds: BTC-31MAR23-24000-C`,
    ],
    [
      'on an option that has been delivered, whatever is held and listed',
      { spec: { symbol: 'BTC-24FEB23-24000-C-USDT' } },
      'symbol: found BTC-24FEB23-24000-C-USDT, which was delivered on 2023-02-24 08:00 UTC, expected an option that has not expired',
    ],
  ])('%s', async (_, scene, refusal) => expect(await refusalOf(scene)).toBe(refusal));

  test('not for a trigger that holds already when its spec says evenIfTrue', async () => {
    expect(await heldOf({ spec: { trigger: 23_000, evenIfTrue: true } })).toEqual(managed('0.3'));
  });

  test.each([
    ['another condition of all does not hold', { index: { below: 20_000 } }, false],
    ['only time is wanting', { index: { above: 20_000 } }, true],
  ])(
    'for a trigger that has to hold for a while only if nothing but time is wanting: %s',
    async (_, other, isRefused) => {
      const trigger = { all: [{ index: { above: 22_000, for: '5m' } }, other] };
      const found = heldOf({ spec: { trigger } });
      if (isRefused) await expect(found).rejects.toThrow('which holds already');
      else expect(await found).toEqual(managed('0.3'));
    },
  );

  test('that is not to trade during events only where there is a calendar of them, known yet or not', async () => {
    const spec = { guards: { notDuring: ['2023-03-09', 'events'] } };
    await expect(heldOf({ spec })).rejects.toThrow(
      'guards.notDuring: found events, expected dated times: the daemon of this account has no calendar of events, which BLACKOUTS in its environment names',
    );
    const calendar = { known: () => null, trouble: () => ({ sinceMs: 0, problem: 'it is away' }) };
    expect(await heldOf({ spec, calendar })).toEqual(managed('0.3'));
    const dated = { guards: { notDuring: '2023-03-09' } };
    expect(await heldOf({ spec: dated })).toEqual(managed('0.3'));
  });

  test('not at all while the exchange does not answer: that is no fault of the task', async () => {
    const clock = new VirtualClock();
    const account = new FixtureAccount(clock, []);
    account.position = () => Promise.reject(new Retryable('timeout'));
    const payload = { symbol, trigger: 23500, target: 1000 };
    const adoption = adoptPosition({
      command: addCommand(payload),
      account,
      market: new FixtureMarket(clock, strikes),
      calendar: undefined,
      machine: provideEffects(),
      nowMs: 0,
      takenPositions: [],
    });
    await expect(adoption).rejects.toBeInstanceOf(Retryable);
  });
});
