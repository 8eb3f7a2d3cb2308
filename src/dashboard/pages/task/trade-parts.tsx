/** The parts of a trade that is only planned, wherever they are shown: its legs, what it comes to, the guards that it meets. */
import type { ReactNode } from 'react';
import type { JudgedGuard, Preview } from '../../../api/contract.ts';
import { numberText, percentText, signOf } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import type { Figure } from '../../ui/confirm-dialog.tsx';
import { Money, NotKnown } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { optionText } from './task-words.ts';

/** Sums of decimal strings for people: to the digits that are shown, never for a decision. */
const less = (a: string, b: string): string => (Number(a) - Number(b)).toFixed(2);

/** What the trade comes to, and what it does to the margin. */
export function useTradeFigures(preview: Preview | null, settleCoin: string | null): readonly Figure[] {
  const { m, locale } = useMessages();
  if (preview === null || preview.legs.length === 0) return [];
  const { netCredit, fees, margin, breakEven } = preview;
  const rate = (value: string | null | undefined): string =>
    value == null ? '–' : percentText(Number(value), locale);
  const isCost = netCredit !== null && signOf(netCredit) < 0;
  return [
    {
      label: isCost ? m.task.next.netCost : m.task.next.netCredit,
      value: <Money value={netCredit} coin={settleCoin} isResult />,
    },
    { label: m.task.next.fees, value: <Money value={fees} coin={settleCoin} /> },
    {
      label: m.task.next.afterFees,
      value:
        netCredit === null || fees === null ? (
          <NotKnown />
        ) : (
          <Money value={less(netCredit, fees)} coin={settleCoin} isResult />
        ),
    },
    ...(breakEven.after === null
      ? []
      : [{ label: m.task.next.breakEven, value: numberText(breakEven.after, locale, { max: 2 }) }]),
    ...(margin === null
      ? []
      : [
          {
            label: m.task.next.marginBetween,
            value: `${rate(margin.between.maintenanceRate)} / ${rate(margin.after.maintenanceRate)}`,
          },
        ]),
  ];
}

/** A row for each order, with the prices that it may come to. */
export function LegTable({
  preview: { legs, legOrder },
}: {
  readonly preview: Pick<Preview, 'legs' | 'legOrder'>;
}): ReactNode {
  const { m, locale } = useMessages();
  const { columns } = m.task.next;
  const price = (value: string | null): string =>
    value === null ? '–' : numberText(value, locale, { max: 4 });
  if (legs.length === 0) return null;
  return (
    <div className="table-wrap">
      {legOrder && <p className="small">{m.task.next.legOrder[legOrder.why]}.</p>}
      <table className="table legs">
        <caption className="sr">{m.task.next.legs}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.order}</th>
            <th scope="col" className="end">
              {columns.book}
            </th>
            <th scope="col" className="end">
              {columns.limit}
            </th>
            <th scope="col" className="end">
              {columns.worst}
            </th>
            <th scope="col" className="end">
              {columns.fee}
            </th>
          </tr>
        </thead>
        <tbody>
          {legs.map(({ leg, side, qty, symbol, limitPrice, worstPrice, bid, ask, fee }) => (
            <tr key={`${leg} ${symbol}`}>
              <th scope="row">
                <span className="leg-kind">{m.task.next[leg]}</span>{' '}
                {side === 'Buy' ? m.task.next.buy : m.task.next.sell} {numberText(qty, locale)}
                <span className="leg-option">{optionText(symbol, { m, locale })}</span>
              </th>
              <td className="end figure">
                {price(bid)} / {price(ask)}
              </td>
              <td className="end figure">{price(limitPrice)}</td>
              <td className="end figure">{price(worstPrice)}</td>
              <td className="end figure">{price(fee)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Each guard with what it has looked at; those that refuse come first. */
export function Guards({ guards }: { readonly guards: readonly JudgedGuard[] }): ReactNode {
  const { m } = useMessages();
  if (guards.length === 0) return null;
  const passed = guards.filter(({ passes }) => passes).length;
  const sorted = [...guards].sort((a, b) => Number(a.passes) - Number(b.passes));
  return (
    <div className="guards">
      <p className="small muted">{m.task.why.guards(passed, guards.length)}</p>
      <ul>
        {sorted.map(({ code, passes, text }, place) => (
          <li key={`${code} ${String(place)}`} className={passes ? 'passes' : 'refuses'}>
            <Icon name={passes ? 'check' : 'halt'} />
            <span>
              <span className="sr">{passes ? m.task.why.passes : m.task.why.refuses}: </span>
              {text}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
