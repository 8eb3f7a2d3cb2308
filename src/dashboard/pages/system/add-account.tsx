/** Adds an account: its name and its key at the exchange. The secret is in the field alone, and is gone when the dialogue closes. */
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { AddedAccount, SessionView } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { keys, useSession } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { useToasts } from '../../ui/toast.tsx';

export function AddAccountButton(): ReactNode {
  const { m } = useMessages();
  const { data: session } = useSession();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button icon="plus" onClick={() => setOpen(true)}>
        {m.system.addAccount}
      </Button>
      {isOpen && session && <AddDialog session={session} onClose={() => setOpen(false)} />}
    </>
  );
}

interface Props {
  readonly session: SessionView;
  readonly onClose: () => void;
}

const nothing = { name: '', userName: '', apiKey: '', apiSecret: '' };

function AddDialog({ session, onClose }: Props): ReactNode {
  const { m } = useMessages();
  const { show } = useToasts();
  const queries = useQueryClient();
  const [given, setGiven] = useState(nothing);
  const isPaper = session.environment === 'paper';
  const field = (name: keyof typeof nothing) => ({
    value: given[name],
    onChange: (value: string) => setGiven((before) => ({ ...before, [name]: value })),
  });
  const add = async (idempotencyKey: string): Promise<void> => {
    const body = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
    );
    await request<AddedAccount>('/accounts', { method: 'POST', body, idempotencyKey });
    show({ kind: 'good', text: m.system.accountAdded(given.name.trim()) });
    void readAnew(queries, { queryKey: keys.accounts });
    void readAnew(queries, { queryKey: keys.positions });
  };
  const keyFields = (
    <>
      <TextField label={m.system.apiKey} required={!isPaper} {...field('apiKey')} />
      <TextField label={m.system.apiSecret} type="password" required={!isPaper} {...field('apiSecret')} />
    </>
  );
  return (
    <ConfirmDialog
      title={m.system.addAccount}
      text={isPaper ? m.system.addOnPaper : m.system.addWithKey}
      confirmLabel={m.system.add}
      kind="primary"
      isPossible={given.name.trim() !== ''}
      onConfirm={add}
      onClose={onClose}
    >
      <TextField label={m.system.name} required {...field('name')} />
      {session.kind === 'operator' && <TextField label={m.system.ofUser} {...field('userName')} />}
      {isPaper ? (
        <details className="own-key">
          <summary>{m.system.ownKey}</summary>
          {keyFields}
        </details>
      ) : (
        keyFields
      )}
    </ConfirmDialog>
  );
}
