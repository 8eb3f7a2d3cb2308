/**
 * Reads what a structure's roll is decided on: the quotes of its legs, and of every expiry that they may go to, of which only
 * what decides is kept. What one leg goes to depends on another, so the chains are read whole.
 */
import type { HeldOption } from '../../domain/market/held-option.ts';
import { withQuotes, type ListedOption } from '../../domain/market/order.ts';
import { withCosts, type PricedOption, type UnitPricing } from '../../domain/market/unit-costs.ts';
import type { MarketQuestion, WantedTarget } from '../../domain/orders/outcomes.ts';
import { destinationsReach, leaderOf } from '../../domain/rules/destinations.ts';
import { quantityOf } from '../../domain/rules/rule.ts';
import { openLegs } from '../../domain/rules/structure.ts';
import { targetFor } from '../../domain/rules/target-rule.ts';
import { targetExpiries, type Search } from '../../domain/rules/targets.ts';
import type { MarketData } from '../../ports/market-data.ts';

/** What is asked for a chain. */
export type ChainSource = Pick<MarketData, 'listed' | 'quotes' | 'chain'>;

/** When a chain is read, exchange time in ms, and by what its options are priced. */
export interface PricingMoment {
  readonly nowMs: number;
  readonly rules: UnitPricing;
}

/**
 * @param question with the other legs in it
 * @throws Retryable | Terminal when the market cannot be read
 */
export async function readStructure(
  question: MarketQuestion,
  market: ChainSource,
  { nowMs, rules }: PricingMoment,
): Promise<readonly PricedOption[]> {
  const legs = openLegs(question);
  const [quotes, ...listings] = await Promise.all([
    market.quotes(legs.map(({ symbol }) => symbol)),
    ...legs.map((leg) => market.listed(leg)),
  ]);
  const listed = withQuotes(
    [...new Map(listings.flat().map((instrument) => [instrument.symbol, instrument])).values()],
    quotes,
  );
  const own = listed.filter(({ instrument }) => legs.some(({ symbol }) => symbol === instrument.symbol));
  const searches = question.targets.map((wanted) =>
    groupsOf(legs, wanted).map((group) => searchesOf(group, wanted, { listed: own, nowMs })),
  );
  const expiries = new Set(searches.flat(2).flatMap((search) => expiriesOf(search, legs, listed)));
  const series = seriesOf(legs, [...expiries]);
  const chains = await Promise.all(series.map((one) => market.chain(one)));
  const chain = merged([...own, ...chains.flat()]);
  const reach = new Set([...own, ...searches.flat().flatMap((group) => destinationsReach(group, chain))]);
  return merged([...reach]).flatMap((option) => withCosts([option], legOf(option, legs), rules));
}

/** Each option once, the one with a quote where there is one. */
function merged(options: readonly ListedOption[]): readonly ListedOption[] {
  const bySymbol = new Map<string, ListedOption>();
  for (const option of options) {
    const { symbol } = option.instrument;
    if (option.quote !== null || !bySymbol.has(symbol)) bySymbol.set(symbol, option);
  }
  return [...bySymbol.values()];
}

/** The legs that may be rolled together; until it is known which side is tested, either side. */
function groupsOf(legs: readonly HeldOption[], { legs: choice }: WantedTarget): readonly HeldOption[][] {
  if (choice === undefined) return [[...legs]];
  if (choice !== 'tested' && choice !== 'untested')
    return [legs.filter(({ leg }) => leg !== undefined && choice.includes(leg))];
  return (['call', 'put'] as const).map((type) => legs.filter(({ optionType }) => optionType === type));
}

const searchesOf = (
  group: readonly HeldOption[],
  { target, opens, allowWrongWay }: WantedTarget,
  { listed, nowMs }: { readonly listed: readonly ListedOption[]; readonly nowMs: number },
): readonly Search[] =>
  group.map((held) => {
    const own = listed.find(({ instrument }) => instrument.symbol === held.symbol);
    const openQty = quantityOf(opens, held.qty, own?.instrument.qtyStep ?? '0');
    return { held, target: targetFor(target, held.optionType), nowMs, openQty, allowWrongWay };
  });

/** What the target allows, and for a leg that keeps its distance to one of another expiry its own. */
function expiriesOf(
  search: Search,
  legs: readonly HeldOption[],
  listed: readonly ListedOption[],
): readonly number[] {
  const leader = leaderOf(
    search.held,
    legs.filter((leg) => leg !== search.held),
  );
  const isApart = leader !== null && leader.expiryMs !== search.held.expiryMs;
  return [...targetExpiries(search, listed), ...(isApart ? [search.held.expiryMs] : [])];
}

const seriesOf = (legs: readonly HeldOption[], expiries: readonly number[]) =>
  (['call', 'put'] as const).flatMap((type) => {
    const leg = legs.find(({ optionType }) => optionType === type);
    return leg ? expiries.map((expiryMs) => ({ ...leg, expiryMs })) : [];
  });

const legOf = ({ instrument }: ListedOption, legs: readonly HeldOption[]): HeldOption =>
  legs.find(({ symbol }) => symbol === instrument.symbol) ?? (legs[0] as HeldOption);
