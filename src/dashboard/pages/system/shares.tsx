/** With whom an account is shared: who sees it, who trades in it, and the end of both. */
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Account } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { Faults } from '../../ui/states.tsx';
import { accountPath } from './queries.ts';

const roles = ['viewer', 'trader'] as const;
type Role = (typeof roles)[number];

interface Props {
  readonly account: Account;
  readonly onClose: () => void;
}

export function SharesDialog({ account, onClose }: Props): ReactNode {
  const { m } = useMessages();
  const queries = useQueryClient();
  const [user, setUser] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const ask = async (withUser: string, given: Role | null): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setError(null);
    try {
      const path = accountPath(account, `shares/${encodeURIComponent(withUser)}`);
      await request(path, given === null ? { method: 'DELETE' } : { method: 'PUT', body: { role: given } });
      await readAnew(queries, { queryKey: keys.accounts, exact: true });
      setUser('');
    } catch (fault) {
      setError(fault);
    }
    setBusy(false);
  };
  return (
    <Dialog title={m.system.sharesOf(account.name)} onClose={onClose}>
      {account.grants.length === 0 ? (
        <p className="muted">{m.system.notShared}</p>
      ) : (
        <ul className="shares">
          {account.grants.map((grant) => (
            <li key={grant.userName}>
              <span>
                <strong>{grant.userName}</strong> <span className="muted">{m.system.roles[grant.role]}</span>
              </span>
              <Button disabled={isBusy} onClick={() => void ask(grant.userName, null)}>
                {m.system.unshare(grant.userName)}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        className="make shares-form"
        onSubmit={(event) => {
          event.preventDefault();
          void ask(user.trim(), role);
        }}
      >
        <TextField label={m.system.user} value={user} onChange={setUser} required />
        <ChoiceField
          label={m.system.scope}
          value={role}
          onChange={setRole}
          options={roles.map((value) => ({ value, label: m.system.shareAs[value] }))}
        />
        <Button kind="primary" type="submit" disabled={isBusy || user.trim() === ''} aria-busy={isBusy}>
          {m.system.share}
        </Button>
      </form>
      <Faults error={error} />
    </Dialog>
  );
}
