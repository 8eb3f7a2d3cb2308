/** A structure for tests: a short strangle, its conditions as a person writes them, and what is known of its legs. */
import type { HeldOption } from '../../src/domain/market/held-option.ts';
import type { Trigger } from '../../src/domain/rules/triggers.ts';
import type { TaskSpec } from '../../src/domain/spec/task-spec.ts';
import { triggerShape } from '../../src/domain/spec/trigger-shape.ts';
import { optionNamed, readSpec, ruleOf } from './options.ts';

/** 900 a unit were received for the call, 600 for the put. */
export const call: HeldOption = {
  ...optionNamed('BTC-31MAR23-24000-C-USDT'),
  side: 'Sell',
  qty: '0.3',
  premium: '270',
  leg: 'call',
};
export const put: HeldOption = {
  ...optionNamed('BTC-31MAR23-22000-P-USDT'),
  side: 'Sell',
  qty: '0.3',
  premium: '180',
  leg: 'put',
};

export const readTrigger = (written: unknown): Trigger => triggerShape.parse(written);

/** One rule with this trigger that only sends alerts, over the strangle. */
export function strangleSpec(written: unknown): TaskSpec {
  const alerting = readSpec({
    symbol: call.symbol,
    rules: [{ when: { index: { above: 1 } }, then: 'alert' }],
  });
  return {
    ...alerting,
    legs: [call, put].map(({ leg = '', symbol }) => ({ name: leg, symbol })),
    rules: [{ ...ruleOf(alerting), when: readTrigger(written) }],
  };
}
