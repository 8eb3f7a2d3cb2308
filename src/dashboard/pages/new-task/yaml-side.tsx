/** The task as YAML, with what is wrong in it, and in full with every default on demand. */
import { useId, useState, type ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Faults } from '../../ui/states.tsx';
import type { Draft } from './use-draft.ts';

interface Props {
  readonly draft: Draft;
  /** What the daemon finds wrong in it. */
  readonly fault: Error | null;
  /** With every default, as YAML. */
  readonly full: string | undefined;
}

const rowsMin = 14;

export function YamlSide({ draft, fault, full }: Props): ReactNode {
  const { m } = useMessages();
  const id = useId();
  const [isFull, setFull] = useState(false);
  const { text, read } = draft;
  const rows = Math.max(rowsMin, text.split('\n').length + 1);
  return (
    <div className="yaml-side">
      <div className="field">
        <label htmlFor={id}>{m.newTask.yaml}</label>
        <textarea
          id={id}
          className="input mono"
          value={text}
          rows={rows}
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          aria-invalid={read.kind === 'fault' || fault !== null}
          aria-describedby={`${id}fault`}
          onChange={({ target }) => draft.setText(target.value)}
        />
      </div>
      <div id={`${id}fault`}>
        {read.kind === 'fault' ? (
          <p className="fault" role="alert">
            {m.newTask.yamlFault(read.fault.line, read.fault.text)}
          </p>
        ) : (
          <Faults error={fault} />
        )}
      </div>
      <p className="hint">{m.newTask.yamlHint}</p>
      {full !== undefined && (
        <>
          <Button
            kind="quiet"
            icon={isFull ? 'up' : 'down'}
            aria-expanded={isFull}
            onClick={() => setFull(!isFull)}
          >
            {isFull ? m.newTask.fullHide : m.newTask.full}
          </Button>
          {isFull && (
            <pre className="full" tabIndex={0}>
              {full}
            </pre>
          )}
        </>
      )}
    </div>
  );
}
