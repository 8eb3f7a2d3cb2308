/** A structure for tests: a short strangle, its conditions as a person writes them, and what is known of its legs. */
import type { HeldOption } from '../../src/domain/market/held-option.ts';
import type { Trigger } from '../../src/domain/rules/triggers.ts';
import type { TaskSpec } from '../../src/domain/spec/task-spec.ts';
import { triggerShape } from '../../src/domain/spec/trigger-shape.ts';
import { optionNamed, readSpec } from './options.ts';

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

/** The strangle with these rules, as a person writes it. */
export const strangleOf = (...rules: readonly object[]): object => ({
  legs: [{ symbol: call.symbol }, { symbol: put.symbol }],
  rules,
});

/** One rule over the strangle, which sends an alert when this trigger holds. */
export const alertingSpec = (when: unknown): TaskSpec => readSpec(strangleOf({ when, then: 'alert' }));
