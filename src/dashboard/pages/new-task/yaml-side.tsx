/** The task as YAML, with what is wrong in it, and in full with every default on demand. */
import { useId, useState, type ReactNode } from 'react';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Faults } from '../../ui/states.tsx';
import { faultsIn, type useCheck } from './draft-queries.ts';
import type { Draft } from './use-draft.ts';

interface Props {
  readonly draft: Draft;
  readonly check: ReturnType<typeof useCheck>;
}

const rowsMin = 14;

export function YamlSide({ draft, check }: Props): ReactNode {
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
          aria-invalid={read.kind === 'fault' || check.isError}
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
          <CheckFaults error={check.error} />
        )}
      </div>
      <p className="hint">{m.newTask.yamlHint}</p>
      {check.data && (
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
              {check.data.yaml}
            </pre>
          )}
        </>
      )}
    </div>
  );
}

/** Its sentence is made of what is wrong place by place: that is enough. */
function CheckFaults({ error }: { readonly error: unknown }): ReactNode {
  const { m } = useMessages();
  const faults = faultsIn(error);
  if (faults.length === 0) return <Faults error={error} />;
  return (
    <ul className="fault" role="alert">
      {faults.map(({ path, found, expected }) => (
        <li key={path + found}>{m.common.expected(path, found, expected)}</li>
      ))}
    </ul>
  );
}
