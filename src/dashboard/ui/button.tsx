/** A button, and the same look on a link. Which kind it is says what it does: `danger` moves money or stops something. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export type ButtonKind = 'plain' | 'primary' | 'danger' | 'danger-outline' | 'quiet';

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Shows the icon alone; `children` are its name. */
  readonly iconOnly?: boolean;
}

export const Button = ({
  kind = 'plain',
  icon,
  iconOnly = false,
  type = 'button',
  children,
  ...rest
}: Props): ReactNode => (
  <button className={`button ${kind} ${iconOnly ? 'icon-only' : ''}`} type={type} {...rest}>
    {icon && <Icon name={icon} />}
    {iconOnly ? <span className="sr">{children}</span> : children}
  </button>
);
