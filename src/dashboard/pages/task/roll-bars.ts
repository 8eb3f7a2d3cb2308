/** Rolls as bars: how long each part took, as shares of the whole, and what the chain has come to after each. Pure. */
import type { RollPhase, RollTiming } from '../../../api/contract.ts';

export interface Part {
  readonly kind: RollPhase['kind'];
  readonly ms: number;
  /** Of the bar's width, from 0 to 1; each part is wide enough to be seen. */
  readonly share: number;
  readonly lasts: boolean;
}

const leastShare = 0.035;

/** @param nowMs exchange time, for the part that lasts */
export function partsOf({ phases }: Pick<RollTiming, 'phases'>, nowMs: number): readonly Part[] {
  const spans = phases.map(({ kind, fromMs, toMs }) => ({
    kind,
    ms: Math.max(0, (toMs ?? Math.max(nowMs, fromMs)) - fromMs),
    lasts: toMs === null,
  }));
  const total = spans.reduce((sum, { ms }) => sum + ms, 0) || 1;
  const wide = spans.map((span) => ({ ...span, share: Math.max(leastShare, span.ms / total) }));
  const sum = wide.reduce((all, { share }) => all + share, 0) || 1;
  return wide.map((part) => ({ ...part, share: part.share / sum }));
}

/** How long leg 2 was not ordered though leg 1 was closed, over all rounds. */
export const intervalMs = ({ phases }: Pick<RollTiming, 'phases'>, nowMs: number): number =>
  partsOf({ phases }, nowMs)
    .filter(({ kind }) => kind === 'interval')
    .reduce((sum, { ms }) => sum + ms, 0);

/**
 * From the end of the first leg until the second one was done: so long the position, or a part of it, was missing; of a roll that opened
 * first, both options were held.
 */
export const betweenMs = (
  { phases, openedFirst }: Pick<RollTiming, 'phases' | 'openedFirst'>,
  nowMs: number,
): number =>
  partsOf({ phases }, nowMs)
    .filter(({ kind }) => kind === 'interval' || kind === (openedFirst ? 'leg1' : 'leg2'))
    .reduce((sum, { ms }) => sum + ms, 0);

/** From its lock to its end, or until now. */
export function durationOf({ phases }: Pick<RollTiming, 'phases'>, nowMs: number): number {
  const [first] = phases;
  const last = phases.at(-1);
  return first && last ? Math.max(0, (last.toMs ?? nowMs) - first.fromMs) : 0;
}

/** Net credits less fees, of each roll and all before it; to the digits that are shown. */
export function sumsOf(rolls: readonly RollTiming[]): readonly number[] {
  let sum = 0;
  return rolls.map(({ netCredit, fee }) => {
    sum += Number(netCredit ?? 0) - Number(fee ?? 0);
    return sum;
  });
}

/** `0.35s`, `12s`, `3m 20s`, `2h 5m`, with the units of a locale. */
export function spanText(ms: number, locale: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day', digits = 0): string =>
    new Intl.NumberFormat(locale, {
      style: 'unit',
      unit: name,
      unitDisplay: 'narrow',
      maximumFractionDigits: digits,
    }).format(value);
  if (ms < 10_000) return unit(ms / 1_000, 'second', 2);
  if (ms < 60_000) return unit(Math.floor(ms / 1_000), 'second');
  if (ms < 3_600_000)
    return two(unit(Math.floor(ms / 60_000), 'minute'), unit(Math.floor((ms % 60_000) / 1_000), 'second'));
  if (ms < 86_400_000)
    return two(
      unit(Math.floor(ms / 3_600_000), 'hour'),
      unit(Math.floor((ms % 3_600_000) / 60_000), 'minute'),
    );
  return two(
    unit(Math.floor(ms / 86_400_000), 'day'),
    unit(Math.floor((ms % 86_400_000) / 3_600_000), 'hour'),
  );
}

const two = (larger: string, smaller: string): string => `${larger} ${smaller}`;
