/** A task that watches a holding is added only while that covers what is short. */
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../../src/domain/errors.ts';
import type { Position } from '../../../src/domain/market/order.ts';
import { adoptPosition } from '../../../src/runtime/positions/adopt-position.ts';
import { provideEffects } from '../../../src/runtime/task/effects.ts';
import { addCommand } from '../../support/add-command.ts';
import { FixtureMarket } from '../../support/fixture-market.ts';
import { FixtureAccount, strikes } from '../../support/task-fixture.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const call = 'BTC-31MAR23-26000-C-USDT';
const put = 'BTC-31MAR23-22000-P-USDT';
const at = (side: 'Buy' | 'Sell', symbol: string): Position => ({
  symbol,
  side,
  qty: '0.3',
  averagePrice: '900',
});

interface Scene {
  readonly legs: readonly unknown[];
  readonly holdings?: Readonly<Record<string, string>>;
  readonly positions?: readonly Position[];
  readonly qty?: string;
}

function adopt({ legs, holdings = {}, positions = [at('Sell', call), at('Sell', put)], qty = 'all' }: Scene) {
  const clock = new VirtualClock();
  const account = new FixtureAccount(clock, positions);
  for (const [symbol, held] of Object.entries(holdings)) account.holdings.set(symbol, held);
  return adoptPosition({
    command: addCommand({ legs, qty, trigger: { index: { above: 30_000 } }, target: 'close' }),
    account,
    market: new FixtureMarket(clock, strikes),
    calendar: undefined,
    machine: provideEffects(),
    nowMs: clock.nowMs(),
    takenPositions: [],
  });
}

async function refusalOf(scene: Scene): Promise<readonly string[]> {
  const error: unknown = await adopt(scene).catch((cause: unknown) => cause);
  if (!(error instanceof BadInput)) throw new Error('not refused', { cause: error });
  return error.issues.map(({ path, found, expected }) => `${path}: ${found}, not ${expected}`);
}

test('A covered call becomes a task of one option with what covers it', async () => {
  const { eventJson } = await adopt({ legs: [call, { watch: 'BTC' }], holdings: { BTC: '0.3' } });
  const { input } = JSON.parse(eventJson) as { input: object };
  expect(input).toMatchObject({
    held: { symbol: call, side: 'Sell', qty: '0.3' },
    spec: { symbol: call, watched: { name: 'holding', symbol: 'BTC' } },
  });
  expect(input).not.toHaveProperty('others');
});

test('As much has to be covered as the task manages', async () => {
  const scene = { legs: [call, { watch: 'BTC' }], holdings: { BTC: '0.1' } };
  await expect(adopt({ ...scene, qty: '0.1' })).resolves.toBeDefined();
});

describe('A task is refused whose holding', () => {
  test.each([
    [
      'is too small',
      { legs: [call, { watch: 'BTC' }], holdings: { BTC: '0.2' } },
      'legs.1.watch: 0.2 BTC does not cover 0.3 short in calls, not a holding of at least 0.3 long',
    ],
    [
      'is not there, and is written first',
      { legs: [{ watch: 'BTCUSDT' }, call] },
      'legs.0.watch: 0 BTCUSDT does not cover 0.3 short in calls, not a holding of at least 0.3 long',
    ],
    [
      'is long beside a put',
      { legs: [put, { watch: 'BTCUSDT' }], holdings: { BTCUSDT: '0.3' } },
      'legs.1.watch: 0.3 BTCUSDT does not cover 0.3 short in puts, not a holding of at least 0.3 short',
    ],
    [
      'has nothing to cover',
      { legs: [call, { watch: 'BTC' }], holdings: { BTC: '1' }, positions: [at('Buy', call)] },
      'legs.1.watch: BTC, not no holding: none of the options is short, so there is nothing to cover',
    ],
  ])('%s', async (_, scene, refusal) => {
    expect(await refusalOf(scene)).toEqual([refusal]);
  });
});

test('What is wrong with an option is said where it is written', async () => {
  const legs = [{ watch: 'BTC' }, { symbol: call, qty: '0.5' }];
  expect(await refusalOf({ legs, holdings: { BTC: '1' } })).toEqual([
    expect.stringContaining('legs.1.qty: 0.5, not at most 0.3'),
  ]);
});
