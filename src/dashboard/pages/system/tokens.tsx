/** The viewer's own access tokens, for programs: made, listed, revoked. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ShownToken, Token } from '../../../api/contract.ts';
import { newKey, request } from '../../api/client.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Time } from '../../ui/figures.tsx';
import { Faults, Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { peopleKeys, useTokens } from './queries.ts';
import { ShownOnce } from './shown-once.tsx';

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
            await queries.invalidateQueries({ queryKey: peopleKeys.tokens });
          }}
          onClose={() => setRevoked(null)}
        />
      )}
    </Panel>
  );
}

function NewToken(): ReactNode {
  const { m } = useMessages();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<Scope>('read');
  const { mutate, data, error, isPending } = useMutation({
    mutationFn: () =>
      request<ShownToken>('/tokens', {
        method: 'POST',
        body: { name: name.trim(), scope },
        idempotencyKey: newKey(),
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: peopleKeys.tokens }),
  });
  return (
    <form
      className="panel-part make"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <div className="field">
        <label htmlFor="token-name">{m.system.name}</label>
        <input
          id="token-name"
          className="input"
          required
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="token-scope">{m.system.scope}</label>
        <select
          id="token-scope"
          className="input"
          value={scope}
          onChange={({ target }) => setScope(target.value as Scope)}
        >
          {scopes.map((each) => (
            <option key={each} value={each}>
              {m.system.scopes[each]}
            </option>
          ))}
        </select>
      </div>
      <Button type="submit" icon="plus" disabled={isPending}>
        {m.system.make}
      </Button>
      <Faults error={error} />
      {data && <ShownOnce secret={data.token} />}
    </form>
  );
}
