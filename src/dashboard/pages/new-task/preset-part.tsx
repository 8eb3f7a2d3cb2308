/** Begins a task with a rule that many traders use: choose one, set its parameters, take it into the YAML. */
import { useState, type ReactNode } from 'react';
import type { Preset } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { useMessages } from '../../messages/messages.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { Faults } from '../../ui/states.tsx';
import { usePresets } from './draft-queries.ts';
import { isObject } from './task-form.ts';

interface Props {
  readonly symbol: string;
  readonly qty: string;
  readonly onSpec: (spec: object) => void;
}

export function PresetPart({ symbol, qty, onSpec }: Props): ReactNode {
  const { m } = useMessages();
  const { data: presets = [] } = usePresets();
  const [name, setName] = useState('');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [error, setError] = useState<unknown>(null);
  // Those of several legs need legs, which are written in YAML.
  const single = presets.filter(({ structure }) => structure === undefined);
  const preset = single.find((each) => each.name === name);
  const take = async (chosen: Preset, set: Readonly<Record<string, string>>): Promise<void> => {
    setError(null);
    try {
      const { spec } = await request<{ readonly spec: object }>(
        `/presets/${encodeURIComponent(chosen.name)}/spec`,
        {
          method: 'POST',
          body: {
            ...(symbol !== '' && { symbol }),
            ...(qty !== '' && { qty }),
            values: valuesOf(chosen, set),
          },
        },
      );
      if (isObject(spec)) onSpec(spec);
    } catch (fault) {
      setError(fault);
    }
  };
  const choose = (wanted: string): void => {
    setName(wanted);
    setValues({});
    const chosen = single.find((each) => each.name === wanted);
    if (chosen) void take(chosen, {});
  };
  return (
    <details className="part preset">
      <summary>{m.newTask.preset}</summary>
      <div className="row">
        <ChoiceField
          label={m.newTask.preset}
          value={name}
          options={[
            { value: '', label: m.newTask.noPreset },
            ...single.map((each) => ({ value: each.name, label: each.name })),
          ]}
          onChange={choose}
        />
        {preset?.parameters.map((parameter) => (
          <TextField
            key={parameter.name}
            label={parameter.is}
            value={values[parameter.name] ?? ''}
            hint={writtenOf(parameter.default)}
            onChange={(value) => {
              const next = { ...values, [parameter.name]: value };
              setValues(next);
              void take(preset, next);
            }}
          />
        ))}
      </div>
      {preset && (
        <p className="hint">
          {preset.about}. {m.newTask.presetReplaces}
        </p>
      )}
      <Faults error={error} />
    </details>
  );
}

type Value = Preset['parameters'][number]['default'];

const writtenOf = (value: Value): string => (Array.isArray(value) ? value.join(', ') : String(value));

function valuesOf(
  { parameters }: Preset,
  set: Readonly<Record<string, string>>,
): Readonly<Record<string, Value>> {
  const entries = parameters.flatMap((parameter): (readonly [string, Value])[] => {
    const text = (set[parameter.name] ?? '').trim();
    if (text === '') return [];
    return [
      [parameter.name, Array.isArray(parameter.default) ? text.split(/\s*,\s*/).map(plainOf) : plainOf(text)],
    ];
  });
  return Object.fromEntries(entries);
}

function plainOf(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
