/** Numbers, amounts and moments as the locale writes them; what is not known is a dash with words for screen readers. */
import { useEffect, useState, type ReactNode } from 'react';
import { exchangeNowMs } from '../api/live.ts';
import { moneyDigits, numberText, signOf, type Digits } from '../format/numbers.ts';
import { durationText, momentText, shortMomentText } from '../format/times.ts';
import { useMessages } from '../messages/messages.tsx';

export function NotKnown(): ReactNode {
  const { m } = useMessages();
  return (
    <span className="muted">
      <span aria-hidden="true">–</span>
      <span className="sr">{m.common.unknown}</span>
    </span>
  );
}

interface QuantityProps {
  /** A decimal string; anything else is shown as it is. */
  readonly value: string | null;
  readonly unit?: string | undefined;
  readonly digits?: Digits;
}

export function Quantity({ value, unit, digits }: QuantityProps): ReactNode {
  const { locale } = useMessages();
  if (value === null) return <NotKnown />;
  return (
    <span className="figure">
      {numberText(value, locale, digits)}
      {unit !== undefined && <span className="unit">{unit}</span>}
    </span>
  );
}

interface MoneyProps {
  /** A decimal string; the exact one is in the title. */
  readonly value: string | null;
  readonly coin: string | null;
  /** A result: signed, and coloured by its sign. */
  readonly isResult?: boolean;
}

export function Money({ value, coin, isResult = false }: MoneyProps): ReactNode {
  const { locale } = useMessages();
  if (value === null) return <NotKnown />;
  const { min, max } = moneyDigits(coin);
  const text = numberText(value, locale, { min, max, sign: isResult ? 'always' : 'auto' });
  const tone = !isResult || signOf(value) === 0 ? '' : signOf(value) > 0 ? 'good' : 'bad';
  return (
    <span className={`figure ${tone}`} title={`${value} ${coin ?? ''}`.trim()}>
      {text}
      {coin !== null && <span className="unit">{coin}</span>}
    </span>
  );
}

interface TimeProps {
  readonly atMs: number | null;
  /** With seconds and zone. Default: the short form, with the long one in the title. */
  readonly isLong?: boolean;
}

/** In the viewer's zone; the title has it in UTC as well. */
export function Time({ atMs, isLong = false }: TimeProps): ReactNode {
  const { locale } = useMessages();
  if (atMs === null) return <NotKnown />;
  const long = momentText(atMs, locale);
  return (
    <time
      className="figure"
      dateTime={new Date(atMs).toISOString()}
      title={`${long}\n${momentText(atMs, locale, 'UTC')}`}
    >
      {isLong ? long : shortMomentText(atMs, locale)}
    </time>
  );
}

/** The exchange's time, again every second. */
export function useNow(everyMs = 1_000): number {
  const [nowMs, setNow] = useState(exchangeNowMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(exchangeNowMs()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}

/** `12 s ago`, counting. @param atMs exchange time */
export function Age({ atMs }: { readonly atMs: number }): ReactNode {
  const { m, locale } = useMessages();
  const nowMs = useNow();
  return (
    <time className="figure" dateTime={new Date(atMs).toISOString()} title={momentText(atMs, locale)}>
      {m.common.ago(durationText(nowMs - atMs, locale))}
    </time>
  );
}
