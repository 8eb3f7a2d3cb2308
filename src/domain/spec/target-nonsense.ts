/** Targets that make no sense for the option that is held: where, and what would be right. */
import type { NamedOption } from '../market/exchange-rules.ts';
import { rightWay } from '../market/option.ts';
import { compare, decimal, toText, type DecimalString } from '../money.ts';
import type { Guards } from '../rules/guards.ts';
import { directionOf, type StrikeTarget, type Target } from '../rules/targets.ts';

/** @returns paths in the target, each with what would be right there */
export function* targetNonsense(
  { strike: wanted, expiry }: Target,
  { strike: from, optionType }: Pick<NamedOption, 'strike' | 'optionType'>,
  { allowWrongWay }: Pick<Guards, 'allowWrongWay'>,
): Generator<[string[], string]> {
  const path = ['strike'];
  if (directionOf(wanted, from) * rightWay(optionType) < 0 && !allowWrongWay) {
    const [way, sign, beyond] =
      optionType === 'call' ? ['upwards', '+', 'above'] : ['downwards', '-', 'below'];
    const right =
      wanted.kind === 'strike'
        ? `a strike ${beyond} ${from} for a ${optionType}`
        : `a step ${way} for a ${optionType}, like ${sign}1000`;
    yield [path, `${right} (or guards.allowWrongWay: true)`];
  }
  if (!isPositiveAfter(wanted, from)) yield [path, `a step to a strike above 0, less than ${from} down`];
  if (expiry.kind !== 'same') return;
  if (wanted.kind === 'same')
    yield [path, 'another strike, or a later target.expiry: same and same is no roll'];
  if (wanted.kind === 'strike' && compare(wanted.strike, from) === 0)
    yield [path, `another strike than ${from}, which is held, or a later target.expiry`];
}

function isPositiveAfter(wanted: StrikeTarget, from: DecimalString): boolean {
  const change =
    wanted.kind === 'amount'
      ? wanted.amount
      : wanted.kind === 'percent'
        ? toText(decimal(from).times(wanted.share))
        : '0';
  return decimal(from).plus(change).greaterThan(0);
}
