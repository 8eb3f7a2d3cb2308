/** The task that is being written: one text, and the form of it. The form keeps what it showed last while the text is no YAML. */
import { useEffect, useRef, useState } from 'react';
import { emptyForm, type ReadForm, type TaskForm } from './task-form.ts';
import { readYaml, writeForm, yamlOf, type ReadYaml } from './yaml-form.ts';

export interface Draft {
  readonly text: string;
  readonly read: ReadYaml;
  /** What the form shows. */
  readonly shown: ReadForm;
  readonly setText: (text: string) => void;
  /** Does nothing while the text is no YAML. */
  readonly setForm: (change: Partial<TaskForm>) => void;
  /** Begins anew with a task as plain data. */
  readonly setSpec: (spec: unknown) => void;
}

export function useDraft(first: string): Draft {
  const [text, setText] = useState(first);
  const [read, setRead] = useState(() => readYaml(first));
  const shown = useRef<ReadForm>({ form: emptyForm, others: [] });
  if (read.kind === 'read') shown.current = read.read;
  const take = (next: string): void => {
    setText(next);
    setRead(readYaml(next));
  };
  return {
    text,
    read,
    shown: shown.current,
    setText: take,
    setForm: (change) => {
      if (read.kind === 'read') take(writeForm(text, { ...read.read.form, ...change }));
    },
    setSpec: (spec) => take(yamlOf(spec)),
  };
}

/** The value as it was when nothing had changed for a while. */
export function useSettled<T>(value: T, afterMs: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
