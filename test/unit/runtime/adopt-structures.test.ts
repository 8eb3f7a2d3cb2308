/** A structure becomes a task with all of its legs, or with none; what is wrong with a leg is said with its path. */
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import type { Position } from '../../../src/domain/market/order.ts';
import type { HeldPosition } from '../../../src/domain/market/held-option.ts';
import type { RollInput } from '../../../src/domain/roll/roll-context.ts';
import { legsOf } from '../../../src/domain/rules/structure.ts';
import { adoptPosition } from '../../../src/runtime/positions/adopt-position.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { addCommand } from '../../support/add-command.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { FixtureAccount, strikes } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const short = (symbol: string, qty = '0.3'): Position => ({ symbol, side: 'Sell', qty, averagePrice: '900' });

interface Scene {
  readonly legs?: readonly unknown[];
  readonly spec?: object;
  readonly positions?: readonly Position[];
  readonly taken?: readonly HeldPosition[];
  readonly moverOf?: (symbol: string) => string | null;
}

function adopt({ legs = [call, put], spec = {}, taken = [], ...scene }: Scene) {
  const { positions = [short(call), short(put)], moverOf = () => null } = scene;
  const clock = new VirtualClock();
  return adoptPosition({
    command: addCommand({ legs, trigger: { index: { above: 30_000 } }, target: 'close', ...spec }),
    account: new FixtureAccount(clock, positions),
    market: new FixtureMarket(clock, strikes),
    calendar: undefined,
    machine: provideEffects(),
    nowMs: clock.nowMs(),
    takenPositions: taken.map((position) => ({ ...position, taskId: 'other' })),
    moverOf,
  });
}

const inputOf = async (scene: Scene): Promise<RollInput> => {
  const { eventJson } = await adopt(scene);
  return (JSON.parse(eventJson) as { input: RollInput }).input;
};
const quantitiesOf = async (scene: Scene): Promise<Record<string, string>> =>
  Object.fromEntries(legsOf(await inputOf(scene)).map(({ leg = '', qty }) => [leg, qty]));

async function refusalOf(scene: Scene): Promise<readonly string[]> {
  const error: unknown = await adopt(scene).catch((cause: unknown) => cause);
  if (!(error instanceof BadInput)) throw new Error('not refused', { cause: error });
  return error.issues.map(({ path, found, expected }) => `${path}: ${found}, not ${expected}`);
}

describe('an adopted structure', () => {
  test('has its legs in the order of the spec, each with its premium and the index of that moment', async () => {
    const input = await inputOf({ positions: [short(call), { ...short(put, '0.2'), averagePrice: '600' }] });
    expect(input.held).toMatchObject({ leg: 'call', symbol: call, premium: '270', indexAtOpening: '23000' });
    expect(input.others).toMatchObject([
      { leg: 'put', symbol: put, side: 'Sell', qty: '0.2', premium: '120', optionType: 'put' },
    ]);
  });

  test('is named leg by leg in the answer, and in the ledger as it was adopted', async () => {
    const task = await adopt({});
    expect(task.answer.text).toBe(
      `adopted Sell 0.3 ${call} (call) and Sell 0.3 ${put} (put); closes on index above 30000`,
    );
    const { context } = JSON.parse(task.snapshotJson) as { context: { ledger: { adopted: object } } };
    expect(context.ledger.adopted).toMatchObject({ symbol: call, others: [{ symbol: put }] });
  });

  test('takes the quantity of the spec for each leg that has none of its own', async () => {
    const legs = [{ symbol: call }, { symbol: put, qty: 'all' }];
    expect(await quantitiesOf({ legs, spec: { qty: '0.1' } })).toEqual({ call: '0.1', put: '0.3' });
  });

  test('shares a position with other tasks', async () => {
    expect(await quantitiesOf({ taken: [{ symbol: put, side: 'Sell', qty: '0.1' }] })).toEqual({
      call: '0.3',
      put: '0.2',
    });
  });

  test('may have legs of both sides, where the account holds them so', async () => {
    const legs = [
      { symbol: call, side: 'short' },
      { symbol: 'BTC-31MAR23-28000-C-USDT', side: 'long' },
    ];
    const cap: Position = { ...short('BTC-31MAR23-28000-C-USDT'), side: 'Buy' };
    const input = await inputOf({ legs, positions: [short(call), cap] });
    expect(legsOf(input).map(({ leg, side }) => [leg, side])).toEqual([
      ['lower call', 'Sell'],
      ['upper call', 'Buy'],
    ]);
  });
});

test.each<[string, Scene, readonly string[]]>([
  [
    'a leg that is not held',
    { positions: [short(call)] },
    [`legs.1.symbol: no position in ${put}, not an option that the account holds: ${call}`],
  ],
  [
    'two wrong legs, both at once',
    {
      legs: [
        { symbol: call, qty: '0.4' },
        { symbol: put, side: 'long' },
      ],
    },
    [
      'legs.0.qty: 0.4, not at most 0.3: the account holds Sell 0.3',
      `legs.1.side: long, not short: the account holds Sell 0.3 ${put}`,
    ],
  ],
  [
    'an option that is not listed',
    {
      legs: [call, 'BTC-31MAR23-19000-P-USDT'],
      positions: [short(call), short('BTC-31MAR23-19000-P-USDT')],
    },
    ['legs.1.symbol: BTC-31MAR23-19000-P-USDT, not an option listed on the exchange'],
  ],
  [
    'an option that has been delivered',
    { legs: [call, 'BTC-24FEB23-22000-P-USDT'] },
    [
      'legs.1.symbol: BTC-24FEB23-22000-P-USDT, which was delivered on 2023-02-24 08:00 UTC, not an option that has not expired',
    ],
  ],
  [
    'a quantity that the exchange does not take',
    { legs: [{ symbol: call, qty: '0.001' }, put] },
    [
      `legs.0.qty: 0.001, not a quantity the exchange takes: quantity 0.001 of ${call} is below the minimum 0.01`,
    ],
  ],
  [
    'a leg that another task manages',
    { taken: [{ symbol: put, side: 'Sell', qty: '0.3' }] },
    [
      `legs.1.symbol: Sell 0.3 ${put}, all of which task other manages, not a position that no task has yet, or that one has only in part`,
    ],
  ],
  [
    'a leg that a roll moves',
    { moverOf: (symbol) => (symbol === put ? 'other' : null) },
    [
      `legs.1.symbol: ${put}, not an option that nothing moves: task other rolls into or out of it, or did a moment ago; try again in 10 seconds`,
    ],
  ],
  [
    'a trigger that holds already',
    { spec: { trigger: { index: { above: 20_000 } } } },
    [
      'trigger: index above 20000, which holds already (index is 23000), not a trigger that does not hold yet, or evenIfTrue: true',
    ],
  ],
])('a structure is refused as a whole for %s', async (_, scene, expected) => {
  expect(await refusalOf(scene)).toEqual(expected);
});
