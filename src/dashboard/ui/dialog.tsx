/**
 * The browser's own `dialog`: modal, closed with Escape, focus kept inside. It is in the document only while it is open, so that what
 * is typed into it is forgotten when it closes.
 */
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { useMessages } from '../messages/messages.tsx';
import { Button } from './button.tsx';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  /** `drawer`: along the right edge. */
  readonly shape?: 'plain' | 'wide' | 'drawer';
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, shape = 'plain', children }: Props): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { m } = useMessages();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog ${shape}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div className="inner">
        <div className="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <Button kind="quiet" icon="close" iconOnly onClick={onClose}>
            {m.common.close}
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
