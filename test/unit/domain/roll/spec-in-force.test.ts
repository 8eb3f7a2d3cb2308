/** A task's spec as it is printed: for the option held now, with the trigger where it stands, and read back as it is. */
import { describe, expect, test } from 'vitest';
import { bybitRules } from '../../../../src/exchange/bybit/rules.ts';
import { hasMoved, specInForce } from '../../../../src/domain/roll/spec-in-force.ts';
import { fullForm } from '../../../../src/domain/spec/task-spec-form.ts';
import { parseTaskSpec } from '../../../../src/domain/spec/task-spec.ts';
import { firstRollContext } from '../../../../src/domain/roll/roll-context.ts';
import { holdingsNamed, optionNamed, readSpec, ruleOf } from '../../../support/options.ts';
import { TaskFixture } from '../../../support/task-fixture.ts';

const spec = {
  trigger: { any: [{ index: { above: 23_500 } }, { mark: { above: 30_000, for: '1h' } }] },
  guards: { cooldown: '0s' },
};

async function afterRolls(rolls: number, changes: object = {}) {
  const fixture = new TaskFixture({ spec: { ...spec, ...changes } });
  for (let at = 0; at < rolls; at += 1) {
    await fixture.price(String(23_500 + 1_000 * at));
    await fixture.clock.advance(60_000);
  }
  expect(fixture.task.context.rollsDone).toBe(rolls);
  return fixture.task.context;
}

test.each([0, 1, 3])('after %i rolls it reads back as it is', async (rolls) => {
  const context = await afterRolls(rolls);
  const now = specInForce(context);
  expect(now.symbol).toBe(`BTC-31MAR23-${String(24 + rolls)}000-C-USDT`);
  expect(ruleOf(now).when).toMatchObject({ of: [{ level: String(23_500 + 1_000 * rolls) }, {}] });
  expect(hasMoved(context)).toBe(rolls > 0);
  expect(parseTaskSpec(fullForm(now), bybitRules)).toEqual(now);
});

describe('of a structure it', () => {
  const call = 'BTC-31MAR23-26000-C-USDT';
  const put = 'BTC-31MAR23-22000-P-USDT';
  const context = (changes: object = {}) => {
    const spec = readSpec({
      legs: [call, put],
      trigger: { index: { above: 90_000 } },
      target: 'close',
      ...changes,
    });
    return firstRollContext({ taskId: 'a', spec, ...holdingsNamed(spec, { side: 'Sell', qty: '0.3' }) });
  };

  test('names the options that the legs stand at now, whichever has the turn', () => {
    const task = context();
    const rolled = { ...task.held, ...optionNamed('BTC-31MAR23-27000-C-USDT') };
    const [other = task.held] = task.others ?? [];
    const now = specInForce({ ...task, held: other, others: [rolled] });
    expect(now).toMatchObject({
      symbol: rolled.symbol,
      qty: 'all',
      legs: [
        { name: 'call', symbol: rolled.symbol },
        { name: 'put', symbol: put },
      ],
    });
    expect(hasMoved(task)).toBe(false);
    expect(hasMoved({ ...task, held: rolled })).toBe(true);
    expect(parseTaskSpec(fullForm(now), bybitRules)).toEqual(now);
  });

  test('says as much as is held of a part, leg by leg, and keeps one that is gone', () => {
    const task = context({ qty: '0.3' });
    const reduced = { ...task, held: { ...task.held, qty: '0.1' } };
    expect(specInForce(task).legs).toEqual(task.spec.legs);
    expect(specInForce(reduced).legs?.map(({ qty }) => qty)).toEqual(['0.1', undefined]);
    const gone = { ...task, held: { ...task.held, qty: '0' } };
    expect(specInForce(gone).legs).toEqual(task.spec.legs);
  });
});

test('it says as much as is held of a part, and all of all', async () => {
  const context = await afterRolls(0, { qty: '0.3' });
  expect(specInForce({ ...context, held: { ...context.held, qty: '0.1' } }).qty).toBe('0.1');
  expect(specInForce(await afterRolls(1)).qty).toBe('all');
});
