/** A field of the form: its label, what is wrong with it, and what holds where it says nothing. */
import { useId, type ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';
import type { Fault } from './draft-queries.ts';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly fault?: Fault | undefined;
  readonly isDisabled?: boolean;
  /** Proposals; others may be typed as well. */
  readonly proposals?: readonly string[];
  /** Id of what says what is wrong, where that stands elsewhere. */
  readonly faultId?: string;
}

export function TextField({
  label,
  value,
  onChange,
  hint,
  fault,
  isDisabled = false,
  proposals,
  faultId,
}: Props): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        value={value}
        placeholder={hint}
        disabled={isDisabled}
        spellCheck={false}
        autoComplete="off"
        list={proposals ? `${id}list` : undefined}
        aria-invalid={fault !== undefined}
        aria-describedby={fault ? (faultId ?? `${id}fault`) : undefined}
        onChange={({ target }) => onChange(target.value)}
      />
      {proposals && (
        <datalist id={`${id}list`}>
          {proposals.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
      {faultId === undefined && <FieldFault id={`${id}fault`} fault={fault} />}
    </div>
  );
}

export function FieldFault({
  id,
  fault,
}: {
  readonly id: string;
  readonly fault: Fault | undefined;
}): ReactNode {
  const { m } = useMessages();
  if (!fault) return null;
  return (
    <p id={id} className="fault">
      {m.common.expected(fault.path, fault.found, fault.expected)}
    </p>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly fault?: Fault | undefined;
  readonly isDisabled?: boolean;
  /** The label is for screen readers alone. */
  readonly isBare?: boolean;
}

export function ChoiceField({
  label,
  value,
  onChange,
  options,
  fault,
  isDisabled = false,
  isBare = false,
}: ChoiceProps): ReactNode {
  const id = useId();
  const isKnown = options.some((option) => option.value === value);
  return (
    <div className="field">
      <label htmlFor={id} className={isBare ? 'sr' : undefined}>
        {label}
      </label>
      <select
        id={id}
        className="input"
        value={value}
        disabled={isDisabled}
        aria-invalid={fault !== undefined}
        aria-describedby={fault ? `${id}fault` : undefined}
        onChange={({ target }) => onChange(target.value)}
      >
        {!isKnown && <option value={value}>{value}</option>}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <FieldFault id={`${id}fault`} fault={fault} />
    </div>
  );
}
