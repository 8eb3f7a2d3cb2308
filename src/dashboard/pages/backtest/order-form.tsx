/** What is played: prices, task, position, and other values for places in the task. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ChoiceField, FieldFault, TextField } from '../../ui/field.tsx';
import { Faults } from '../../ui/states.tsx';
import { faultAt, faultsIn } from '../new-task/draft-queries.ts';
import { pricesKey, sendPriceFile, usePrices } from './backtest-queries.ts';
import type { OrderDraft } from './order-draft.ts';

interface Props {
  readonly draft: OrderDraft;
  readonly onDraft: (change: Partial<OrderDraft>) => void;
  /** Why the last one was not taken. */
  readonly error: unknown;
  readonly isBusy: boolean;
  readonly onRun: () => void;
}

export function OrderForm({ draft, onDraft, error, isBusy, onRun }: Props): ReactNode {
  const { m } = useMessages();
  const id = useId();
  const faults = faultsIn(error);
  return (
    <form
      className="order-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) onRun();
      }}
    >
      <PricesField draft={draft} onDraft={onDraft} />
      <div className="field">
        <label htmlFor={`${id}yaml`}>{m.backtest.task}</label>
        <textarea
          id={`${id}yaml`}
          className="input mono"
          rows={Math.min(24, Math.max(9, draft.yaml.split('\n').length + 1))}
          value={draft.yaml}
          spellCheck={false}
          aria-describedby={`${id}hint`}
          onChange={({ target }) => onDraft({ yaml: target.value })}
        />
        <p id={`${id}hint`} className="hint">
          {m.backtest.taskHint}
        </p>
      </div>
      <PositionFields draft={draft} onDraft={onDraft} faults={faults} />
      <SweepFields draft={draft} onDraft={onDraft} faults={faults} />
      <Faults error={error} />
      <div>
        <Button
          kind="primary"
          icon="play"
          type="submit"
          aria-busy={isBusy}
          disabled={isBusy || draft.yaml.trim() === ''}
        >
          {m.backtest.run}
        </Button>
      </div>
    </form>
  );
}

interface FieldsProps extends Pick<Props, 'draft' | 'onDraft'> {
  readonly faults: ReturnType<typeof faultsIn>;
}

/** What is held at the beginning, and from when to when it is played. */
function PositionFields({ draft, onDraft, faults }: FieldsProps): ReactNode {
  const { m } = useMessages();
  const text = (name: 'qty' | 'cash' | 'volatility', hint?: string): ReactNode => (
    <TextField
      label={m.backtest[name]}
      value={draft[name]}
      hint={hint}
      fault={faultAt(faults, name)}
      onChange={(value) => onDraft({ [name]: value })}
    />
  );
  return (
    <div className="row">
      <ChoiceField
        label={m.backtest.side}
        value={draft.side}
        options={(['short', 'long'] as const).map((each) => ({ value: each, label: m.common[each] }))}
        onChange={(side) => onDraft({ side: side === 'long' ? 'long' : 'short' })}
      />
      {text('qty')}
      {text('cash')}
      {text('volatility', m.backtest.volatilityHint)}
      <TextField
        {...moment}
        label={m.backtest.from}
        value={draft.from}
        onChange={(from) => onDraft({ from })}
      />
      <TextField {...moment} label={m.backtest.to} value={draft.to} onChange={(to) => onDraft({ to })} />
      <ChoiceField
        label={m.backtest.approvals}
        value={draft.approvals}
        options={(['default', 'roll', 'skip'] as const).map((each) => ({
          value: each,
          label: m.backtest.approvalsOf[each],
        }))}
        onChange={(value) => onDraft({ approvals: value })}
      />
    </div>
  );
}

function PricesField({ draft, onDraft }: Pick<Props, 'draft' | 'onDraft'>): ReactNode {
  const { m } = useMessages();
  const id = useId();
  const client = useQueryClient();
  const { data } = usePrices();
  const [error, setError] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const send = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setError(null);
    setSending(true);
    try {
      const { priceFileId } = await sendPriceFile(file);
      await readAnew(client, { queryKey: pricesKey });
      onDraft({ prices: priceFileId });
    } catch (fault) {
      setError(fault);
    } finally {
      setSending(false);
    }
  };
  return (
    <div className="field">
      <label htmlFor={id}>{m.backtest.prices}</label>
      <select
        id={id}
        className="input"
        value={draft.prices}
        onChange={({ target }) => onDraft({ prices: target.value })}
      >
        <optgroup label={m.backtest.tapes}>
          {data?.tapes.map(({ name, about }) => (
            <option key={name} value={name}>
              {about}
            </option>
          ))}
        </optgroup>
        {data && data.files.length > 0 && (
          <optgroup label={m.backtest.files}>
            {data.files.map(({ priceFileId, name }) => (
              <option key={priceFileId} value={priceFileId}>
                {name}
              </option>
            ))}
          </optgroup>
        )}
      </select>
      <div className="upload">
        <label className="button" aria-busy={isSending}>
          {isSending ? m.backtest.uploading : m.backtest.upload}
          <input
            type="file"
            className="sr"
            accept=".csv,.gz,.txt,.tsv,text/csv,application/gzip"
            onChange={({ target }) => {
              void send(target.files?.[0]);
              target.value = '';
            }}
          />
        </label>
        <span className="hint">{m.backtest.uploadHint}</span>
      </div>
      <Faults error={error} />
    </div>
  );
}

/** As the browser writes it, in UTC; empty: none. */
const moment = { type: 'datetime-local', className: 'moment' } as const;

const places = [
  'trigger',
  'target',
  'guards.netCredit.min',
  'guards.debit.max',
  'guards.cooldown',
  'guards.spread.max',
];

function SweepFields({
  draft,
  onDraft,
  faults,
}: Pick<Props, 'draft' | 'onDraft'> & { readonly faults: ReturnType<typeof faultsIn> }): ReactNode {
  const { m } = useMessages();
  const id = useId();
  const put = (at: number, change: Partial<OrderDraft['sweep'][number]>): void =>
    onDraft({ sweep: draft.sweep.map((axis, place) => (place === at ? { ...axis, ...change } : axis)) });
  return (
    <details className="sweep-fields" open={draft.sweep.some(({ path }) => path !== '') || undefined}>
      <summary>{m.backtest.sweep}</summary>
      <p className="hint">{m.backtest.sweepHint}</p>
      {draft.sweep.map(({ path, values }, at) => (
        <div className="row" key={at}>
          <TextField
            label={m.backtest.place}
            value={path}
            proposals={places}
            hint="trigger"
            onChange={(value) => put(at, { path: value })}
          />
          <TextField
            label={m.backtest.values}
            value={values}
            hint={m.backtest.valuesHint}
            onChange={(value) => put(at, { values: value })}
          />
        </div>
      ))}
      <FieldFault id={id} fault={faultAt(faults, 'sweep')} />
    </details>
  );
}
