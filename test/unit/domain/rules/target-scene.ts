/** Words for tests of targets: a chain written down by a trader, and what a target as a person writes it takes of it. */
import { expect } from 'vitest';
import { reasonText } from '../../../../src/domain/explain/reason-text.ts';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import type { Instrument, ListedOption } from '../../../../src/domain/market/order.ts';
import { chooseTarget, withinReach, type Search, type Target } from '../../../../src/domain/rules/targets.ts';
import { optionNamed, readSpec, targetOf as targetOfSpec } from '../../../support/options.ts';
import { listed } from '../samples.ts';

/** A Wednesday at noon. */
export const nowMs = Date.UTC(2023, 2, 1, 12);
export const heldSymbol = 'BTC-31MAR23-24000-C-USDT';
export const heldPut = 'BTC-31MAR23-24000-P-USDT';

export interface Prices {
  readonly bid?: string | null;
  readonly ask?: string | null;
  readonly delta?: string;
  readonly theta?: string;
  readonly openInterest?: string;
  readonly index?: string;
  readonly status?: Instrument['status'];
}

/** @param on like `28APR23-26000-C` */
export function option(
  on: string,
  { status = 'Trading', delta, theta = '-20', ...top }: Prices = {},
): ListedOption {
  const greeks = delta === undefined ? null : { delta, gamma: '0', vega: '0', theta, volatility: '0.6' };
  return listed(`BTC-${on}-USDT`, { instrument: { status }, quote: { ...top, greeks } });
}
export const unquoted = (on: string): ListedOption => listed(`BTC-${on}-USDT`, { quote: null });

export const position = (symbol: string, changes: Partial<HeldOption> = {}): HeldOption => ({
  ...optionNamed(symbol),
  side: 'Sell',
  qty: '0.5',
  premium: '400',
  ...changes,
});

/** The target as a person writes it. */
export function targetOf(target: unknown, symbol = heldSymbol): Target {
  // A trigger that no target makes hold again.
  const trigger = { profit: { above: '50%' } };
  const read = targetOfSpec(readSpec({ symbol, trigger, evenIfTrue: true, target }));
  if (read === null) throw new Error('this task rolls');
  return read;
}

export interface Asked {
  readonly held?: HeldOption;
  readonly allowWrongWay?: boolean;
}

export const searchFor = (
  target: unknown,
  { held = position(heldSymbol), allowWrongWay = false }: Asked,
): Search => ({
  held,
  target: targetOf(target, held.symbol),
  nowMs,
  allowWrongWay,
});

/** The option without coin and settle coin, with the preference that decided; or why there is none. */
export function choose(target: unknown, chain: readonly ListedOption[], asked: Asked = {}): string {
  const search = searchFor(target, asked);
  const choice = chooseTarget(search, chain);
  const reached = chooseTarget(search, withinReach(search, 0, chain));
  expect(reached, 'what a plan looks at decides as the whole chain').toEqual(choice);
  if (choice.kind === 'refused') return reasonText(choice.reason);
  const { option: chosen, decidedBy } = choice;
  const name = chosen.instrument.symbol.replace('BTC-', '').replace('-USDT', '');
  return decidedBy === null ? name : `${name} by ${decidedBy}`;
}
