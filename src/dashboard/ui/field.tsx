/** A field of a form: its label, what is wrong with it, and what holds where it says nothing. */
import { useId, type InputHTMLAttributes, type ReactNode } from 'react';
import type { Problem } from '../../api/contract.ts';
import { useMessages } from '../messages/messages.tsx';

export type Fault = NonNullable<Problem['faults']>[number];

interface FieldProps {
  readonly label: string;
  readonly fault?: Fault | undefined;
  /** Id of what says what is wrong, where that stands elsewhere. */
  readonly faultId?: string | undefined;
  /** The label is for screen readers alone. */
  readonly isBare?: boolean;
  readonly className?: string;
  /** @param given what ties the control to its label and to what is wrong with it */
  readonly children: (given: ControlProps) => ReactNode;
}

interface ControlProps {
  readonly id: string;
  readonly className: 'input';
  readonly 'aria-invalid': boolean;
  readonly 'aria-describedby': string | undefined;
}

/** A label and any control. */
export function Field({ label, fault, faultId, isBare = false, className, children }: FieldProps): ReactNode {
  const id = useId();
  return (
    <div className={className === undefined ? 'field' : `field ${className}`}>
      <label htmlFor={id} className={isBare ? 'sr' : undefined}>
        {label}
      </label>
      {children({
        id,
        className: 'input',
        'aria-invalid': fault !== undefined,
        'aria-describedby': fault ? (faultId ?? `${id}fault`) : undefined,
      })}
      {faultId === undefined && <FieldFault id={`${id}fault`} fault={fault} />}
    </div>
  );
}

interface TextProps
  extends
    Omit<FieldProps, 'children' | 'isBare'>,
    Pick<InputHTMLAttributes<HTMLInputElement>, 'type' | 'min' | 'maxLength' | 'inputMode' | 'required'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: string | undefined;
  readonly isDisabled?: boolean;
  /** Proposals; others may be typed as well. */
  readonly proposals?: readonly string[];
}

export function TextField({
  label,
  fault,
  faultId,
  className,
  value,
  onChange,
  hint,
  isDisabled = false,
  proposals,
  ...input
}: TextProps): ReactNode {
  const listId = useId();
  return (
    <Field label={label} fault={fault} faultId={faultId} {...(className !== undefined && { className })}>
      {(control) => (
        <>
          <input
            {...control}
            {...input}
            value={value}
            placeholder={hint}
            disabled={isDisabled}
            spellCheck={false}
            autoComplete="off"
            list={proposals && listId}
            onChange={({ target }) => onChange(target.value)}
          />
          {proposals && (
            <datalist id={listId}>
              {proposals.map((each) => (
                <option key={each} value={each} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

interface FaultProps {
  readonly id: string;
  readonly fault: Fault | undefined;
}

export function FieldFault({ id, fault }: FaultProps): ReactNode {
  const { m } = useMessages();
  if (!fault) return null;
  return (
    <p id={id} className="fault">
      {m.common.expected(fault.path, fault.found, fault.expected)}
    </p>
  );
}

export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly label: string;
  /** Of the label, where it is not the page's. */
  readonly language?: string;
}

interface ChoiceProps<Value extends string> extends Pick<FieldProps, 'label' | 'fault' | 'isBare'> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Choice<Value>[];
  readonly isDisabled?: boolean;
}

export function ChoiceField<Value extends string>({
  label,
  fault,
  isBare = false,
  value,
  onChange,
  options,
  isDisabled = false,
}: ChoiceProps<Value>): ReactNode {
  const isKnown = options.some((option) => option.value === value);
  return (
    <Field label={label} fault={fault} isBare={isBare}>
      {(control) => (
        <select
          {...control}
          value={value}
          disabled={isDisabled}
          onChange={({ target }) => onChange(target.value as Value)}
        >
          {!isKnown && <option value={value}>{value}</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value} lang={option.language}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
