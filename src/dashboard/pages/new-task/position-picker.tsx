/** Account and position: what the account holds, which tasks manage it already, or any option by its symbol. */
import { useId, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { AccountPositions } from '../../../api/contract.ts';
import { numberText } from '../../format/numbers.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Money } from '../../ui/figures.tsx';
import { optionText } from '../task/task-words.ts';
import { readSymbol } from '../../format/symbols.ts';
import { ChoiceField, TextField, type Fault } from '../../ui/field.tsx';
import { faultAt, type ChosenAccount } from './draft-queries.ts';
import type { TaskForm } from './task-form.ts';

interface Props {
  readonly accounts: readonly AccountPositions[];
  readonly account: ChosenAccount | null;
  readonly onAccount: (account: ChosenAccount) => void;
  readonly form: TaskForm;
  readonly onForm: (change: Partial<TaskForm>) => void;
  readonly faults: readonly Fault[];
  readonly isDisabled: boolean;
}

export function PositionPicker(props: Props): ReactNode {
  const { accounts, account, form, onForm, faults, isDisabled } = props;
  const { m } = useMessages();
  const chosen = accounts.find(
    (each) => each.accountName === account?.name && each.userName === account.userName,
  );
  return (
    <fieldset className="part">
      <legend>{m.newTask.position}</legend>
      {accounts.length > 1 && <AccountChoice {...props} />}
      {chosen?.problem != null && <p className="hint">{m.newTask.notKnown(chosen.problem)}</p>}
      {chosen?.positions?.length === 0 && <p className="hint">{m.newTask.noPositions}</p>}
      {chosen?.positions && chosen.positions.length > 0 && (
        <Positions {...props} positions={chosen.positions} />
      )}
      <div className="row">
        <TextField
          label={chosen?.positions && chosen.positions.length > 0 ? m.newTask.bySymbol : m.newTask.symbol}
          value={form.symbol}
          fault={faultAt(faults, 'symbol')}
          isDisabled={isDisabled}
          hint="BTC-31MAR23-26000-C-USDT"
          onChange={(symbol) => onForm({ symbol })}
        />
        <TextField
          label={m.newTask.size}
          value={form.qty}
          fault={faultAt(faults, 'qty')}
          isDisabled={isDisabled}
          hint={m.newTask.sizeHint}
          onChange={(qty) => onForm({ qty })}
        />
      </div>
    </fieldset>
  );
}

const keyOf = (name: string, userName: string): string => `${userName}/${name}`;

function AccountChoice({ accounts, account, onAccount }: Props): ReactNode {
  const { m } = useMessages();
  const owners = new Set(accounts.map(({ userName }) => userName));
  return (
    <ChoiceField
      label={m.newTask.account}
      value={account ? keyOf(account.name, account.userName) : ''}
      onChange={(value) => {
        const found = accounts.find((each) => keyOf(each.accountName, each.userName) === value);
        if (found) onAccount({ name: found.accountName, userName: found.userName });
      }}
      options={accounts.map(({ accountName, userName }) => ({
        value: keyOf(accountName, userName),
        label: owners.size > 1 ? `${accountName} (${userName})` : accountName,
      }))}
    />
  );
}

type Held = NonNullable<AccountPositions['positions']>[number];

function Positions({
  positions,
  form,
  onForm,
  isDisabled,
}: Props & { readonly positions: readonly Held[] }): ReactNode {
  const { m, locale } = useMessages();
  const name = useId();
  return (
    <ul className="positions" aria-label={m.newTask.choose}>
      {positions.map(({ symbol, side, qty, openResult, taskIds }) => (
        <li key={symbol} className={form.symbol === symbol ? 'chosen' : ''}>
          <label>
            <input
              type="radio"
              name={name}
              checked={form.symbol === symbol}
              disabled={isDisabled}
              onChange={() => onForm({ symbol })}
            />
            <span className="position-name">{optionText(symbol, { m, locale })}</span>
            <span className="figure">
              {m.common[side]} {numberText(qty, locale)}
            </span>
            <Money value={openResult} coin={readSymbol(symbol)?.settleCoin ?? null} isResult />
          </label>
          {taskIds[0] !== undefined && (
            <Link href={`/tasks/${taskIds[0]}`}>
              <Badge tone="neutral" icon="roll">
                {m.newTask.managed}
              </Badge>
            </Link>
          )}
        </li>
      ))}
    </ul>
  );
}
