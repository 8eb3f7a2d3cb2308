/**
 * Asks what became of an order of which nothing is known: what the exchange and the account say of it, and either that it was never
 * placed, or how much of it has traded. Whether that counts is decided by the task, whose refusal is shown.
 */
import { useState, type ReactNode } from 'react';
import type { ResolutionView, ShownWayOut } from '../../../api/contract.ts';
import type { VersionedTask } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { useCommand } from './task-commands.ts';
import { useResolution } from './task-data.ts';
import { settleCoinOf } from './task-words.ts';

interface Props {
  readonly task: VersionedTask;
  readonly onClose: () => void;
}

/** What was typed; `null` where the proposal stands. */
interface Typed {
  readonly kind: MarkKind | null;
  readonly qty: string | null;
  readonly price: string | null;
  readonly fee: string;
}

type MarkKind = 'notPlaced' | 'filled';
const nothingTyped: Typed = { kind: null, qty: null, price: null, fee: '' };

export function MarkDialog({ task, onClose }: Props): ReactNode {
  const { m } = useMessages();
  const { data, error, refetch } = useResolution(task.page.taskId);
  const [typed, setTyped] = useState(nothingTyped);
  const send = useCommand(task);
  const resolution = data?.resolution ?? null;
  const marks = marksIn(resolution);
  const kind = typed.kind ?? (marks.find(({ isPossible }) => isPossible) ?? marks[0])?.kind ?? 'notPlaced';
  const chosen = marks.find((mark) => mark.kind === kind);
  const filled = {
    qty: typed.qty ?? chosen?.filled?.qty ?? '',
    price: typed.price ?? chosen?.filled?.price ?? '',
    fee: typed.fee,
  };
  return (
    <ConfirmDialog
      title={m.task.mark.title}
      text={m.task.mark.text}
      confirmLabel={m.task.mark.confirm}
      // What was typed may be right where the proposal is not.
      isPossible={chosen !== undefined && (chosen.isPossible || (kind === 'filled' && typed.qty !== null))}
      onConfirm={(idempotencyKey) =>
        send({ method: 'POST', path: '/mark-order', body: wordOf(kind, filled), idempotencyKey })
      }
      onClose={onClose}
    >
      {data === undefined ? (
        error ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton lines={4} />
        )
      ) : (
        <>
          <Known resolution={resolution} />
          <ChoiceField
            label={m.task.mark.choice}
            value={kind}
            onChange={(next) => setTyped({ ...nothingTyped, kind: next })}
            options={(['notPlaced', 'filled'] as const).map((value) => ({
              value,
              label: m.task.mark.kinds[value],
            }))}
          />
          {kind === 'filled' && (
            <FilledFields
              {...filled}
              settleCoin={settleCoinOf(task.page)}
              onChange={(change) => setTyped({ ...typed, ...change })}
            />
          )}
          {chosen && (
            <p className={chosen.isPossible ? 'small' : 'fault'} role="status">
              {chosen.isPossible ? m.task.mark.then(chosen.text) : m.task.actions.cannot(chosen.text)}
            </p>
          )}
        </>
      )}
    </ConfirmDialog>
  );
}

type Mark = ShownWayOut & { readonly kind: MarkKind };

const marksIn = (resolution: ResolutionView | null): readonly Mark[] =>
  resolution?.waysOut.filter((way): way is Mark => way.kind === 'notPlaced' || way.kind === 'filled') ?? [];

interface Filled {
  readonly qty: string;
  readonly price: string;
  readonly fee: string;
}

/** What is left empty is as the daemon proposes it. */
function wordOf(kind: MarkKind, { qty, price, fee }: Filled): object {
  if (kind === 'notPlaced') return { kind };
  const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());
  return { kind, qty: given(qty), price: given(price), fee: given(fee) };
}

function Known({ resolution }: { readonly resolution: ResolutionView | null }): ReactNode {
  const { m } = useMessages();
  if (resolution === null || resolution.order === null)
    return (
      <p className="fault" role="status">
        {m.task.mark.noOrder}
      </p>
    );
  return (
    <ul className="known-order small">
      {[...resolution.orderTexts, ...(resolution.rollText === null ? [] : [resolution.rollText])].map(
        (line) => (
          <li key={line}>{line}</li>
        ),
      )}
    </ul>
  );
}

interface FieldsProps extends Filled {
  readonly settleCoin: string | null;
  readonly onChange: (change: Partial<Filled>) => void;
}

function FilledFields({ qty, price, fee, settleCoin, onChange }: FieldsProps): ReactNode {
  const { m } = useMessages();
  const coin = settleCoin ?? '';
  return (
    <div className="mark-fields">
      <TextField
        label={m.task.mark.qty}
        value={qty}
        inputMode="decimal"
        onChange={(value) => onChange({ qty: value })}
      />
      <TextField
        label={m.task.mark.price(coin)}
        value={price}
        inputMode="decimal"
        onChange={(value) => onChange({ price: value })}
      />
      <TextField
        label={m.task.mark.fee(coin)}
        value={fee}
        hint="0"
        inputMode="decimal"
        onChange={(value) => onChange({ fee: value })}
      />
    </div>
  );
}
