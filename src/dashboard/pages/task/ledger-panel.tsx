/** What the task has earned and paid over all its rolls, and what it would come to now. */
import type { ReactNode } from 'react';
import type { TaskAccount, TaskPage } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { FigureList } from '../../ui/confirm-dialog.tsx';
import { Money, NotKnown } from '../../ui/figures.tsx';
import { ErrorState, Panel, Skeleton } from '../../ui/states.tsx';
import { useLedger } from './task-data.ts';

export function LedgerPanel({ task }: { readonly task: TaskPage }): ReactNode {
  const { m } = useMessages();
  const { taskId, urgency } = task;
  const { data, error, refetch } = useLedger({ taskId, isOver: urgency === 'over' });
  return (
    <Panel title={m.task.ledger.title}>
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={5} />
        )
      ) : data === null ? (
        <p className="small muted">{m.task.payoff.emptyQueued}</p>
      ) : (
        <Ledger account={data} isOver={urgency === 'over'} />
      )}
    </Panel>
  );
}

/** Shown, not decided by: to cents. */
const plus = (a: string, b: string): string => (Number(a) + Number(b)).toFixed(2);

function Ledger({ account, isOver }: { readonly account: TaskAccount; readonly isOver: boolean }): ReactNode {
  const { m, locale } = useMessages();
  const { ledger, cashFlow, openResult, breakEven, held, isPriced, holdings } = account;
  const coin = held.settleCoin;
  const total = holdings.length === 0 ? plus(ledger.realised, `-${ledger.fees}`) : null;
  const open = openResult === null ? null : plus(plus(ledger.realised, openResult), `-${ledger.fees}`);
  const figures = [
    { label: m.task.ledger.cash, value: <Money value={cashFlow} coin={coin} isResult /> },
    { label: m.task.ledger.realised, value: <Money value={ledger.realised} coin={coin} isResult /> },
    { label: m.task.ledger.fees, value: <Money value={ledger.fees} coin={coin} /> },
    ...(isOver
      ? []
      : [{ label: m.task.ledger.open, value: <Money value={openResult} coin={coin} isResult /> }]),
    { label: m.task.ledger.total, value: <Money value={total ?? open} coin={coin} isResult /> },
    ...(isOver
      ? []
      : [
          {
            label: m.task.ledger.breakEven,
            value: breakEven === null ? <NotKnown /> : numberText(breakEven, locale, { max: 2 }),
          },
        ]),
    ...(ledger.settlement
      ? [{ label: m.task.ledger.settlement, value: numberText(ledger.settlement.deliveryPrice, locale) }]
      : []),
    ...(ledger.changedByOwner === '0'
      ? []
      : [{ label: m.task.ledger.changed, value: numberText(ledger.changedByOwner, locale) }]),
  ];
  return (
    <>
      <FigureList figures={figures} />
      {!isPriced && !isOver && <p className="small muted">{m.task.ledger.unpriced}</p>}
    </>
  );
}
