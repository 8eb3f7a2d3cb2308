/** The viewer's own access tokens, for programs: made, listed, revoked. */
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ShownToken, Token } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ChoiceField, TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { MakeForm } from './make-form.tsx';
import { peopleKeys, useTokens } from './queries.ts';

const scopes = ['read', 'trade', 'manage'] as const;
type Scope = (typeof scopes)[number];

export function Tokens({ mayMake }: { readonly mayMake: boolean }): ReactNode {
  const { m } = useMessages();
  const query = useTokens();
  const queries = useQueryClient();
  const [revoked, setRevoked] = useState<Token | null>(null);
  const columns = [
    { name: m.system.name },
    { name: m.system.scope },
    { name: m.system.ends },
    { name: m.system.lastUsed },
    { name: m.common.actions, isUnseen: true },
  ];
  return (
    <Panel title={m.system.tokens} isPadded={false}>
      {mayMake && <NewToken />}
      <Answer query={query} empty={m.common.none} isEmpty={(tokens) => tokens.length === 0}>
        {(tokens) => (
          <Table label={m.system.tokens} columns={columns}>
            {tokens.map((token) => (
              <tr key={token.tokenId}>
                <td>{token.name}</td>
                <td>{m.system.scopes[token.scope]}</td>
                <td>{token.expiresAtMs === null ? m.system.never : <Time atMs={token.expiresAtMs} />}</td>
                <td>{token.lastUsedAtMs === null ? m.system.never : <Time atMs={token.lastUsedAtMs} />}</td>
                <td className="end">
                  {mayMake && <Button onClick={() => setRevoked(token)}>{m.system.revoke}</Button>}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
      {revoked && (
        <ConfirmDialog
          title={m.system.revokeTitle}
          text={m.system.revokeTokenText(revoked.name)}
          confirmLabel={m.system.revoke}
          onConfirm={async () => {
            await request(`/tokens/${encodeURIComponent(revoked.name)}`, { method: 'DELETE' });
            await readAnew(queries, { queryKey: peopleKeys.tokens });
          }}
          onClose={() => setRevoked(null)}
        />
      )}
    </Panel>
  );
}

function NewToken(): ReactNode {
  const { m } = useMessages();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  return (
    <MakeForm<ShownToken>
      path="/tokens"
      body={() => ({ name: name.trim(), scope })}
      secretOf={({ token }) => token}
      listKey={peopleKeys.tokens}
    >
      <TextField label={m.system.name} value={name} onChange={setName} required />
      <ChoiceField
        label={m.system.scope}
        value={scope}
        onChange={setScope}
        options={scopes.map((value) => ({ value, label: m.system.scopes[value] }))}
      />
    </MakeForm>
  );
}
