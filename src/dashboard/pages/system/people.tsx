/** Users and vouchers, for administrators. */
import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { ShownVoucher, Voucher } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Time } from '../../ui/figures.tsx';
import { Panel } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { MakeForm } from './make-form.tsx';
import { peopleKeys, useUsers, useVouchers } from './queries.ts';

export function Users(): ReactNode {
  const { m } = useMessages();
  const query = useUsers();
  const columns = [m.system.user, m.system.accounts, m.system.access];
  return (
    <Panel title={m.system.users} isPadded={false}>
      <Answer query={query} empty={m.common.none} isEmpty={(users) => users.length === 0}>
        {(users) => (
          <Table label={m.system.users} columns={columns.map((name) => ({ name }))}>
            {users.map(({ userId, name, accountsTotal, accessUntilMs, bannedAtMs, banReason }) => (
              <tr key={userId}>
                <td>{name}</td>
                <td>{accountsTotal}</td>
                <td>
                  {bannedAtMs !== null ? (
                    <Badge tone="bad" icon="halt" title={banReason ?? undefined}>
                      {m.system.banned}
                    </Badge>
                  ) : accessUntilMs === null ? (
                    m.system.never
                  ) : (
                    <Time atMs={accessUntilMs} />
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
    </Panel>
  );
}

export function Vouchers(): ReactNode {
  const { m } = useMessages();
  const query = useVouchers();
  const queries = useQueryClient();
  const [revoked, setRevoked] = useState<Voucher | null>(null);
  const columns = [
    { name: m.system.days },
    { name: m.system.uses },
    { name: m.system.ends },
    { name: m.common.actions, isUnseen: true },
  ];
  return (
    <Panel title={m.system.vouchers} isPadded={false}>
      <NewVoucher />
      <Answer query={query} empty={m.common.none} isEmpty={(vouchers) => vouchers.length === 0}>
        {(vouchers) => (
          <Table label={m.system.vouchers} columns={columns}>
            {vouchers.map((voucher) => (
              <tr key={voucher.voucherId}>
                <td>{voucher.days}</td>
                <td>{m.system.used(voucher.uses, voucher.usesMax)}</td>
                <td>
                  <Time atMs={voucher.expiresAtMs} />
                </td>
                <td className="end">
                  {voucher.revokedAtMs === null ? (
                    <Button onClick={() => setRevoked(voucher)}>{m.system.revoke}</Button>
                  ) : (
                    <Badge icon="close">{m.system.revoked}</Badge>
                  )}
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Answer>
      {revoked && (
        <ConfirmDialog
          title={m.system.revokeTitle}
          text={m.system.revokeVoucherText}
          confirmLabel={m.system.revoke}
          onConfirm={async () => {
            await request(`/vouchers/${revoked.voucherId}`, { method: 'DELETE' });
            await readAnew(queries, { queryKey: peopleKeys.vouchers });
          }}
          onClose={() => setRevoked(null)}
        />
      )}
    </Panel>
  );
}

function NewVoucher(): ReactNode {
  const { m } = useMessages();
  const [days, setDays] = useState('30');
  const [uses, setUses] = useState('1');
  const count = { type: 'number', min: 1 } as const;
  return (
    <MakeForm<ShownVoucher>
      path="/vouchers"
      body={() => ({ days: Number(days), uses: Number(uses) })}
      secretOf={({ code }) => code}
      listKey={peopleKeys.vouchers}
    >
      <TextField {...count} label={m.system.days} value={days} onChange={setDays} />
      <TextField {...count} label={m.system.uses} value={uses} onChange={setUses} />
    </MakeForm>
  );
}
