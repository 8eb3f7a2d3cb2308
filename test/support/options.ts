/** Options for tests, made of their symbols and delivered at 08:00 UTC of their day; and specs that name one. */
import type { HeldOption } from '../../src/domain/market/held-option.ts';
import type { Option } from '../../src/domain/market/option.ts';
import type { Position, Side } from '../../src/domain/market/order.ts';
import { multiply } from '../../src/domain/money.ts';
import { parseTaskSpec, type TaskSpec } from '../../src/domain/spec/task-spec.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';
import { termsOfRule, type DueTerms } from '../../src/domain/roll/terms.ts';
import type { Rule } from '../../src/domain/rules/rule.ts';
import { legsOf, type Legs } from '../../src/domain/rules/structure.ts';
import type { Target } from '../../src/domain/rules/targets.ts';
import { expiryDateMs, parseOptionSymbol } from '../../src/exchange/bybit/symbols.ts';

export function optionNamed(symbol: string): Option {
  const { baseCoin, settleCoin, optionType, strike, expiry } = parseOptionSymbol(symbol);
  const expiryMs = (expiryDateMs(expiry) ?? 0) + 8 * 3_600_000;
  return { symbol, baseCoin, settleCoin, optionType, strike, expiryMs };
}

/** The rule at this place; the first, where none is said. */
export function ruleOf({ rules }: TaskSpec, place = 0): Rule {
  const rule = rules[place];
  if (rule === undefined) throw new Error(`the spec has no rule ${place}`);
  return rule;
}

/** Where the first rule rolls to; `null` when it does not roll. */
export function targetOf(spec: TaskSpec): Target | null {
  const { then } = ruleOf(spec);
  return then.kind === 'roll' ? then.target : null;
}

/** What the first rule trades by. */
export function termsOf(spec: TaskSpec): DueTerms {
  const terms = termsOfRule(spec, 0);
  if (terms === null) throw new Error('the first rule trades nothing');
  return terms;
}

export const readSpec = (input: unknown): TaskSpec => parseTaskSpec(input, bybitRules);

/** What a task of this spec holds: each leg as long or short as the spec says, else like `side`; opened at 900. */
export function holdingsNamed(
  { symbol, legs }: TaskSpec,
  { side, qty }: { readonly side: Side; readonly qty: string },
): Legs {
  const premium = multiply('900', qty);
  if (!legs) return { held: { ...optionNamed(symbol), side, qty, premium } };
  const [held, ...others] = legs.map((leg): HeldOption => ({
    ...optionNamed(leg.symbol),
    side: leg.side ?? side,
    qty,
    premium,
    leg: leg.name,
  }));
  if (held === undefined) throw new Error('the spec names no leg');
  return { held, others };
}

/** As an account shows it. */
export const positionsOf = (task: Legs): readonly Position[] =>
  legsOf(task).map(({ symbol, side, qty }) => ({ symbol, side, qty, averagePrice: '900' }));
