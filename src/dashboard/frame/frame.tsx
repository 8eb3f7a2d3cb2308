/** What surrounds every page: where one can go, the environment, connection and clock, alerts, halt, and a person's settings. */
import { type ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import type { SessionView } from '../../api/contract.ts';
import { useMessages } from '../messages/messages.tsx';
import { Icon, type IconName } from '../ui/icon.tsx';
import { AlertsButton } from './alerts.tsx';
import { ConnectionBanner, ConnectionSign, Environment } from './connection.tsx';
import { HaltBanner, HaltButton } from './halt.tsx';
import { NewVersionBanner } from './new-version.tsx';
import { SettingsButton } from './settings-menu.tsx';

interface Props {
  readonly session: SessionView;
  readonly children: ReactNode;
}

export function Frame({ session, children }: Props): ReactNode {
  const { m } = useMessages();
  return (
    <div className={`frame ${session.environment}`}>
      <a className="skip" href="#content">
        {m.frame.skip}
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Rollkeeper">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 23h10l6-14h8" />
            <circle cx="14" cy="23" r="3" />
            <circle cx="20" cy="9" r="3" />
          </svg>
          <span>Rollkeeper</span>
        </Link>
        <Environment environment={session.environment} />
        <Navigation />
        <div className="tools">
          <ConnectionSign />
          <AlertsButton />
          {session.right !== 'read' && <HaltButton session={session} />}
          <SettingsButton session={session} />
        </div>
      </header>
      <div className="lost-banner">
        <ConnectionBanner />
      </div>
      <div className="banners">
        <NewVersionBanner />
        <HaltBanner session={session} />
      </div>
      <main id="content" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <span>{m.frame.version(session.version)}</span>
        <span>
          {m.frame.charts}{' '}
          <a href="https://www.tradingview.com/" rel="noreferrer noopener" target="_blank">
            TradingView Lightweight Charts™
          </a>
          , © TradingView, Inc.
        </span>
      </footer>
    </div>
  );
}

function Navigation(): ReactNode {
  const { m } = useMessages();
  return (
    <nav className="pages" aria-label={m.frame.navigation}>
      <NavLink href="/" icon="desk" label={m.frame.desk} />
      <NavLink href="/tasks/new" icon="plus" label={m.frame.newTask} />
      <NavLink href="/machine" also="/machine/:taskId" icon="machine" label={m.frame.machine} />
      <NavLink href="/backtest" icon="flask" label={m.frame.backtest} />
      <NavLink href="/system" icon="system" label={m.frame.system} />
    </nav>
  );
}

interface NavLinkProps {
  readonly href: string;
  /** Another address that belongs to it. */
  readonly also?: string;
  readonly icon: IconName;
  readonly label: string;
}

function NavLink({ href, also, icon, label }: NavLinkProps): ReactNode {
  const [isHere] = useRoute(href);
  const [isBelow] = useRoute(also ?? href);
  return (
    <Link href={href} aria-current={isHere || isBelow ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{label}</span>
    </Link>
  );
}
