/** What a condition speaks of, as it is now, and how far it still has to go: for people, never for a decision. */
import { entryPrice } from '../market/held-option.ts';
import { decimal, isZero, subtract, toText, type DecimalString } from '../money.ts';
import { dayMs } from '../units.ts';
import { viewFor } from './leg-views.ts';
import { fieldOf, readField, windowOf, type Condition, type Holder, type Readings } from './triggers.ts';

/**
 * What the condition speaks of as it is now, of its leg in a structure, in its own unit; `null` while it is not known.
 * @param readings with `clock` in them, for what time has a part in
 */
export function valueOf(condition: Condition, holder: Holder, readings: Readings): DecimalString | null {
  const { kind } = condition;
  const view = viewFor(condition, holder, readings);
  if (view === null) return null;
  const { held } = view;
  const reading = readField(fieldOf(condition), held, view.readings);
  if (reading === null) return null;
  const { optionType, strike } = held;
  const value = decimal(reading);
  switch (kind) {
    case 'delta':
      return toText(value.abs());
    case 'theta':
      return toText(value.negated());
    case 'extrinsicShare': {
      const entry = entryPrice(held);
      return isZero(entry) ? null : toText(value.dividedBy(entry).toDecimalPlaces(6));
    }
    case 'profit': {
      const entry = entryPrice(held);
      // Of a position that was taken for nothing, or is gone, no share is known.
      if (isZero(entry)) return null;
      const rise = value.dividedBy(entry).minus(1);
      return toText((held.side === 'Sell' ? rise.negated() : rise).toDecimalPlaces(6));
    }
    case 'moneyness': {
      const rise = value.dividedBy(strike).minus(1);
      return toText((optionType === 'call' ? rise : rise.negated()).toDecimalPlaces(6));
    }
    case 'daysToExpiry':
      return toText(value.minus(held.expiryMs).dividedBy(-dayMs).toDecimalPlaces(4));
    case 'expiryDay':
      return toText(value.minus(Math.floor(held.expiryMs / dayMs) * dayMs));
    case 'every':
      return String(
        Math.max(0, windowOf(condition, holder.lastRoll, Number(reading)).fromMs - Number(reading)),
      );
    case 'index':
    case 'mark':
    case 'last':
    case 'optionMark':
    case 'extrinsicValue':
    case 'impliedVolatility':
    case 'realisedVolatility':
    case 'impliedVolatilityRank':
    case 'deviations':
      return reading;
  }
}

/** How far the value still has to go, in the condition's unit; 0 or negative once it is reached. */
export function distanceOf(condition: Condition, value: DecimalString): DecimalString {
  const rises = condition.direction === 'above';
  return rises ? subtract(condition.level, value) : subtract(value, condition.level);
}
