/** The daemons, their streams and journals, accounts and limits, profit, alerts and their delivery, people, and who did what. */
import type { ReactNode } from 'react';
import { useSession } from '../../api/queries.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Accounts } from './accounts.tsx';
import { Audit } from './audit.tsx';
import { Delivery } from './delivery.tsx';
import { Users, Vouchers } from './people.tsx';
import { Profit } from './profit.tsx';
import { Standing } from './standing.tsx';
import './system.css';
import { Tokens } from './tokens.tsx';

export default function SystemPage(): ReactNode {
  const { m } = useMessages();
  const { data: session } = useSession();
  if (!session) return null;
  const mayManage = session.right === 'manage';
  const isAdministrator = session.kind === 'operator' || session.isAdministrator;
  return (
    <div className="system">
      <title>{`${m.system.title} · Rollkeeper`}</title>
      <h1>{m.system.title}</h1>
      <Standing />
      <Accounts mayManage={mayManage} />
      <Profit />
      <Delivery mayChange={session.right !== 'read'} />
      {session.kind === 'user' && <Tokens mayMake={mayManage} />}
      {isAdministrator && (
        <div className="standing">
          <Users />
          {mayManage && <Vouchers />}
        </div>
      )}
      <Audit />
    </div>
  );
}
