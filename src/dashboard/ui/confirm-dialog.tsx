/**
 * Asks back before something is done, with the figures that it is about. While it is being done the button rests, and one key
 * names the act, so that neither a second click nor a repeated request does it twice. A refusal is shown where it was asked for.
 */
import { useState, type ReactNode } from 'react';
import { newKey, wasNotTried } from '../api/client.ts';
import { useMessages } from '../messages/messages.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Faults } from './states.tsx';

export interface Figure {
  readonly label: string;
  readonly value: ReactNode;
}

interface Props {
  readonly title: string;
  /** What will happen, in one or two sentences. */
  readonly text?: string;
  readonly figures?: readonly Figure[];
  readonly confirmLabel: string;
  readonly kind?: 'primary' | 'danger';
  /** Whether it may be done now. */
  readonly isPossible?: boolean;
  /** @param idempotencyKey the same until the server says that nothing was tried. The dialogue closes when it resolves */
  readonly onConfirm: (idempotencyKey: string) => Promise<unknown>;
  readonly onClose: () => void;
  /** Fields, a preview. */
  readonly children?: ReactNode;
}

export function ConfirmDialog({
  title,
  text,
  figures = [],
  confirmLabel,
  kind = 'danger',
  isPossible = true,
  onConfirm,
  onClose,
  children,
}: Props): ReactNode {
  const { m } = useMessages();
  const [key, setKey] = useState(newKey);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const confirm = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      await onConfirm(key);
      onClose();
    } catch (fault) {
      setError(fault);
      // The next try is another act: under the old key it would be answered like this one.
      if (wasNotTried(fault)) setKey(newKey());
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      {text !== undefined && <p>{text}</p>}
      {figures.length > 0 && <FigureList figures={figures} />}
      {children}
      <Faults error={error} />
      <div className="actions">
        <Button onClick={onClose}>{m.common.cancel}</Button>
        <Button kind={kind} disabled={!isPossible} aria-busy={isBusy} onClick={() => void confirm()}>
          {confirmLabel}
        </Button>
      </div>
    </Dialog>
  );
}

/** Labels on the left, values on the right. */
export const FigureList = ({ figures }: { readonly figures: readonly Figure[] }): ReactNode => (
  <dl className="figures">
    {figures.map(({ label, value }) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
