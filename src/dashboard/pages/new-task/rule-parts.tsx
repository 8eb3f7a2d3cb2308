/** The rule of a task as fields: when it acts, what it does then, and what forbids it. */
import { useId, type ReactNode } from 'react';
import type { Messages } from '../../messages/en.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ChoiceField, FieldFault, TextField, type Fault } from '../../ui/field.tsx';
import { faultAt } from './draft-queries.ts';
import {
  conditionKinds,
  directionFor,
  fieldPaths,
  type ConditionKind,
  type FieldName,
  type FormCondition,
  type TaskForm,
} from './task-form.ts';

interface Props {
  readonly form: TaskForm;
  readonly onForm: (change: Partial<TaskForm>) => void;
  readonly faults: readonly Fault[];
  readonly isDisabled: boolean;
}

const levelHints: Readonly<Record<ConditionKind, string>> = {
  index: '60500',
  mark: '60500',
  last: '60500',
  delta: '0.45',
  theta: '12',
  profit: '80%',
  moneyness: '-1%',
  deviations: '1',
  impliedVolatility: '60%',
  optionMark: '250',
  extrinsicValue: '20',
  daysToExpiry: '7',
};

export function TriggerPart({ form, onForm, faults, isDisabled }: Props): ReactNode {
  const { m } = useMessages();
  const { conditions, join } = form;
  const put = (at: number, change: Partial<FormCondition>): void =>
    onForm({ conditions: conditions.map((each, place) => (place === at ? { ...each, ...change } : each)) });
  const added: FormCondition = { kind: 'index', direction: directionFor(form.symbol), level: '', hold: '' };
  return (
    <fieldset className="part">
      <legend>{m.newTask.trigger}</legend>
      {conditions.length > 1 && (
        <ChoiceField
          label={m.newTask.trigger}
          isBare
          value={join}
          isDisabled={isDisabled}
          options={[
            { value: 'any', label: m.newTask.join.any },
            { value: 'all', label: m.newTask.join.all },
          ]}
          onChange={(value) => onForm({ join: value === 'all' ? 'all' : 'any' })}
        />
      )}
      {conditions.map((condition, at) => (
        <Condition
          // A condition has no name: its place is what it is known by.
          key={at}
          condition={condition}
          isDisabled={isDisabled}
          fault={
            conditions.length > 1
              ? faultAt(faults, `trigger.${join}.${String(at)}`)
              : faultAt(faults, 'trigger')
          }
          onChange={(change) => put(at, change)}
          onRemove={() => onForm({ conditions: conditions.filter((_, place) => place !== at) })}
        />
      ))}
      <div>
        <Button
          icon="plus"
          disabled={isDisabled}
          onClick={() => onForm({ conditions: [...conditions, { ...added, level: levelHints[added.kind] }] })}
        >
          {m.newTask.addCondition}
        </Button>
      </div>
    </fieldset>
  );
}

interface ConditionProps {
  readonly condition: FormCondition;
  readonly isDisabled: boolean;
  readonly fault: Fault | undefined;
  readonly onChange: (change: Partial<FormCondition>) => void;
  readonly onRemove: () => void;
}

function Condition({ condition, isDisabled, fault, onChange, onRemove }: ConditionProps): ReactNode {
  const { m } = useMessages();
  const { kind, direction, level, hold } = condition;
  const faultId = useId();
  return (
    <div className="condition">
      <ChoiceField
        label={m.newTask.kind}
        value={kind}
        isDisabled={isDisabled}
        options={conditionKinds.map((each) => ({ value: each, label: m.newTask.kinds[each] }))}
        onChange={(value) => onChange({ kind: value, level: levelHints[value] })}
      />
      <ChoiceField
        label={m.newTask.direction.above + ' / ' + m.newTask.direction.below}
        value={direction}
        isDisabled={isDisabled}
        options={(['above', 'below'] as const).map((each) => ({
          value: each,
          label: m.newTask.direction[each],
        }))}
        onChange={(value) => onChange({ direction: value })}
      />
      <TextField
        label={m.newTask.level}
        value={level}
        fault={fault}
        faultId={faultId}
        isDisabled={isDisabled}
        hint={m.newTask.example(levelHints[kind])}
        onChange={(value) => onChange({ level: value })}
      />
      <TextField
        label={m.newTask.hold}
        value={hold}
        isDisabled={isDisabled}
        hint={m.newTask.holdHint}
        onChange={(value) => onChange({ hold: value })}
      />
      <Button kind="quiet" icon="close" iconOnly disabled={isDisabled} onClick={onRemove}>
        {m.newTask.removeCondition}
      </Button>
      <FieldFault id={faultId} fault={fault} />
    </div>
  );
}

const strikes = [
  '+1 step',
  '+2 steps',
  '+1000',
  '+5%',
  'delta 0.25',
  'delta at most 0.30',
  'furthest for a credit of 0',
  'same',
];
const expiries = ['same', 'next-weekly', 'next-monthly', 'next-quarterly', 'min 7d', 'nearest 45d', '+14d'];

export function TargetPart({ form, onForm, faults, isDisabled }: Props): ReactNode {
  const { m } = useMessages();
  return (
    <fieldset className="part">
      <legend>{m.newTask.target}</legend>
      <div className="row">
        <ChoiceField
          label={m.newTask.target}
          value={form.act}
          isDisabled={isDisabled}
          options={(['roll', 'close'] as const).map((each) => ({ value: each, label: m.newTask.act[each] }))}
          onChange={(value) => onForm({ act: value === 'close' ? 'close' : 'roll' })}
        />
        {form.act === 'roll' && (
          <>
            <TextField
              label={m.newTask.strike}
              value={form.strike}
              isDisabled={isDisabled}
              hint={m.newTask.example(m.newTask.strikeHint)}
              proposals={strikes}
              fault={faultAt(faults, 'target.strike') ?? faults.find(({ path }) => path === 'target')}
              onChange={(strike) => onForm({ strike })}
            />
            <TextField
              label={m.newTask.expiry}
              value={form.expiry}
              isDisabled={isDisabled}
              hint={m.newTask.example(m.newTask.expiryHint)}
              proposals={expiries}
              fault={faultAt(faults, 'target.expiry')}
              onChange={(expiry) => onForm({ expiry })}
            />
          </>
        )}
      </div>
    </fieldset>
  );
}

/** What holds where a task says nothing (docs/tasks.md), or an example. */
const usual: Readonly<Partial<Record<FieldName, string>>> = {
  cooldown: '5m',
  maintenanceMax: '85%',
  notBeforeExpiry: '5m',
};
const examples: Readonly<Partial<Record<FieldName, string>>> = {
  netCreditMin: '0',
  debitMax: '50, 10%',
  spreadMax: '20%',
  rollsMax: '6',
  rollsPerDay: '2',
  openInterestMin: '5',
  quietHours: '22:00-06:00',
  approvalTimeout: '10m',
  slippageMax: '5%',
};
const choices: Readonly<Partial<Record<FieldName, readonly (keyof Messages['newTask']['words'])[]>>> = {
  whenRefused: ['alert', 'skip', 'close'],
  style: ['walk', 'cross', 'rest'],
  fallback: ['keepTrying', 'reopenLeg1', 'stayFlat'],
  follow: ['strike', 'percent', 'fixed'],
};
const first: readonly FieldName[] = [
  'netCreditMin',
  'debitMax',
  'spreadMax',
  'rollsMax',
  'rollsPerDay',
  'cooldown',
];
const further: readonly FieldName[] = [
  'maintenanceMax',
  'openInterestMin',
  'notBeforeExpiry',
  'quietHours',
  'whenRefused',
  'approvalTimeout',
  'style',
  'slippageMax',
  'fallback',
  'follow',
];

export function GuardsPart(props: Props): ReactNode {
  const { m } = useMessages();
  const { form, faults } = props;
  const isOpen = further.some(
    (name) => form.fields[name] !== '' || faultAt(faults, fieldPaths[name].join('.')),
  );
  return (
    <fieldset className="part">
      <legend>
        {m.newTask.guards} <span className="hint">{m.newTask.guardsHint}</span>
      </legend>
      <div className="row">
        {first.map((name) => (
          <GuardField key={name} name={name} {...props} />
        ))}
      </div>
      <details open={isOpen || undefined}>
        <summary>{m.newTask.moreGuards}</summary>
        <div className="row">
          {further.map((name) => (
            <GuardField key={name} name={name} {...props} />
          ))}
        </div>
      </details>
    </fieldset>
  );
}

function GuardField({
  name,
  form,
  onForm,
  faults,
  isDisabled,
}: Props & { readonly name: FieldName }): ReactNode {
  const { m } = useMessages();
  const shared = {
    label: m.newTask.fields[name],
    value: form.fields[name],
    fault: faultAt(faults, fieldPaths[name].join('.')),
    isDisabled,
    onChange: (value: string) => onForm({ fields: { ...form.fields, [name]: value } }),
  };
  const words = choices[name];
  if (words) {
    const options = words.map((word) => ({ value: word, label: m.newTask.words[word] }));
    return <ChoiceField {...shared} options={[{ value: '', label: m.newTask.usualChoice }, ...options]} />;
  }
  const usually = usual[name];
  return (
    <TextField
      {...shared}
      hint={usually === undefined ? m.newTask.example(examples[name] ?? '') : m.newTask.usual(usually)}
    />
  );
}
