/** Short messages in the corner: answers of the daemon to what was done here, and alerts. Critical ones stay until they are closed. */
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useMessages } from '../messages/messages.tsx';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

export interface Toast {
  readonly kind: 'good' | 'bad' | 'info' | 'warning' | 'critical';
  readonly text: string;
  /** Task that it is about: linked. */
  readonly taskId?: string | null;
}

interface Toasts {
  readonly show: (toast: Toast) => void;
}

interface Shown extends Toast {
  readonly id: number;
}

const Context = createContext<Toasts | null>(null);
const shownMax = 4;
const staysMs = 8_000;
const icons: Readonly<Record<Toast['kind'], IconName>> = {
  good: 'check',
  bad: 'alert',
  info: 'info',
  warning: 'alert',
  critical: 'alert',
};

export function Toaster({ children }: { readonly children: ReactNode }): ReactNode {
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const next = useRef(1);
  const close = useCallback((id: number) => setShown((all) => all.filter((each) => each.id !== id)), []);
  const show = useCallback(
    (toast: Toast) => {
      const id = next.current++;
      setShown((all) =>
        [...all.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(-shownMax),
      );
      if (toast.kind !== 'critical') setTimeout(() => close(id), staysMs);
    },
    [close],
  );
  const value = useMemo(() => ({ show }), [show]);
  return (
    <Context value={value}>
      {children}
      <div className="toasts" role="log" aria-live="polite">
        {shown.map((toast) => (
          <ShownToast key={toast.id} toast={toast} onClose={() => close(toast.id)} />
        ))}
      </div>
    </Context>
  );
}

function ShownToast({ toast, onClose }: { readonly toast: Shown; readonly onClose: () => void }): ReactNode {
  const { m } = useMessages();
  const { kind, text, taskId } = toast;
  return (
    <div className={`toast ${kind}`}>
      <Icon name={icons[kind]} />
      <span>
        {text} {taskId ? <Link href={`/tasks/${taskId}`}>{m.alerts.task}</Link> : null}
      </span>
      <Button kind="quiet" icon="close" iconOnly onClick={onClose}>
        {m.common.close}
      </Button>
    </div>
  );
}

export function useToasts(): Toasts {
  const toasts = useContext(Context);
  if (!toasts) throw new Error('toasts are used outside of Toaster');
  return toasts;
}
