/** A question that waits for an answer: the trade as it was shown, until when an answer counts, what happens without one. */
import { useState, type ReactNode } from 'react';
import type { VersionedTask } from '../../api/queries.ts';
import { newKey } from '../../api/client.ts';
import { numberText, signOf } from '../../format/numbers.ts';
import { durationText } from '../../format/times.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog, FigureList, type Figure } from '../../ui/confirm-dialog.tsx';
import { Money, Time, useNow } from '../../ui/figures.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useErrorText } from '../../ui/states.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { useCommand, useMayAct } from './task-commands.ts';
import { optionText, questionOf, settleCoinOf, type StandingQuestion } from './task-words.ts';

export function ApprovalPanel({ task }: { readonly task: VersionedTask }): ReactNode {
  const question = questionOf(task.page);
  return question && <Question key={question.approvalId} task={task} question={question} />;
}

interface Props {
  readonly task: VersionedTask;
  readonly question: StandingQuestion;
}

function Question({ task, question }: Props): ReactNode {
  const { m, locale } = useMessages();
  const nowMs = useNow();
  const mayAct = useMayAct(task);
  const { shown, untilMs, otherwise } = question;
  return (
    <section className="approval" aria-label={m.task.approval.title}>
      <header>
        <Icon name="alert" />
        <h2>{m.task.approval.title}</h2>
        <span className="left">{m.task.approval.left(durationText(untilMs - nowMs, locale))}</span>
      </header>
      <ul className="shown-legs">
        {shown.legs.map(({ leg, side, qty, symbol, price }) => (
          <li key={`${leg} ${symbol}`}>
            <span className="leg-kind">{m.task.next[leg]}</span>{' '}
            {side === 'Buy' ? m.task.next.buy : m.task.next.sell} {numberText(qty, locale)}{' '}
            {optionText(symbol, { m, locale })} · {numberText(price, locale)}
          </li>
        ))}
      </ul>
      <FigureList figures={useFigures(task, question)} />
      <p className="small">
        {m.task.approval.until} <Time atMs={untilMs} isLong />.{' '}
        {otherwise === 'skip' ? m.task.approval.otherwiseSkip : m.task.approval.otherwiseTrade}
      </p>
      {mayAct && <Answers task={task} question={question} />}
    </section>
  );
}

function useFigures({ page }: VersionedTask, { shown }: StandingQuestion): readonly Figure[] {
  const { m } = useMessages();
  const coin = settleCoinOf(page);
  return [
    {
      label: signOf(shown.netCredit) < 0 ? m.task.next.netCost : m.task.next.netCredit,
      value: <Money value={shown.netCredit} coin={coin} isResult />,
    },
    { label: m.task.next.fees, value: <Money value={shown.fees} coin={coin} /> },
    { label: m.task.approval.tolerance, value: <Money value={shown.tolerance} coin={coin} /> },
  ];
}

function Answers({ task, question }: Props): ReactNode {
  const { m } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [declineKey] = useState(newKey);
  const send = useCommand(task);
  const { show } = useToasts();
  const errorText = useErrorText();
  const body = { approvalId: question.approvalId };
  const figures = useFigures(task, question);
  const decline = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await send({ method: 'POST', path: '/decline', body, idempotencyKey: declineKey });
    } catch (error) {
      show({ kind: 'bad', text: errorText(error) });
    }
    setBusy(false);
  };
  return (
    <div className="actions">
      <Button disabled={isBusy} aria-busy={isBusy} onClick={() => void decline()}>
        {m.task.actions.decline}
      </Button>
      <Button kind="primary" icon="check" disabled={isBusy} onClick={() => setOpen(true)}>
        {m.task.actions.approve}
      </Button>
      {isOpen && (
        <ConfirmDialog
          title={m.task.approval.approveTitle}
          text={m.task.approval.approveText}
          figures={figures}
          confirmLabel={m.task.actions.approve}
          onConfirm={(idempotencyKey) => send({ method: 'POST', path: '/approve', body, idempotencyKey })}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
