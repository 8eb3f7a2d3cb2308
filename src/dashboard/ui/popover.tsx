/** The browser's own `popover` below the button that opens it: closed by a click elsewhere or Escape. */
import { useId, useRef, useState, type ReactNode } from 'react';
import type { ButtonKind } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';

interface Props {
  readonly label: string;
  readonly icon: IconName;
  readonly iconOnly?: boolean;
  readonly kind?: ButtonKind;
  readonly children: ReactNode;
}

const marginPx = 8;

export function Popover({ label, icon, iconOnly = false, kind = 'quiet', children }: Props): ReactNode {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  const place = (): void => {
    if (!button.current || !panel.current) return;
    const { bottom, right } = button.current.getBoundingClientRect();
    const { width } = panel.current.getBoundingClientRect();
    const left = Math.max(marginPx, Math.min(right - width, window.innerWidth - width - marginPx));
    panel.current.style.top = `${String(bottom + marginPx / 2)}px`;
    panel.current.style.left = `${String(left)}px`;
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={`button ${kind} ${iconOnly ? 'icon-only' : ''}`}
        popoverTarget={id}
        aria-expanded={isOpen}
      >
        <Icon name={icon} />
        {iconOnly ? <span className="sr">{label}</span> : label}
      </button>
      <div
        ref={panel}
        id={id}
        className="popover"
        popover="auto"
        onToggle={(event) => {
          const opens = event.newState === 'open';
          setOpen(opens);
          if (opens) place();
        }}
      >
        {isOpen && children}
      </div>
    </>
  );
}
