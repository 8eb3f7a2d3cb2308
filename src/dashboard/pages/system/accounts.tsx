/** Accounts: who manages them, whether they can trade, what they may do in a day; limits and keys for those who may. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { Account, AccountLimitsView, CheckedAccount } from '../../../api/contract.ts';
import { request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';
import { readAnew } from '../../api/read-anew.ts';
import { useMessages } from '../../messages/messages.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Panel, useErrorText } from '../../ui/states.tsx';
import { Answer, Table } from '../../ui/table.tsx';
import { useToasts } from '../../ui/toast.tsx';
import { AddAccountButton } from './add-account.tsx';
import { accountPath, limitsKey, useAccounts, useLimits } from './queries.ts';
import { SharesDialog } from './shares.tsx';

type Limits = AccountLimitsView['limits'];
type LimitName = keyof Limits;
const limitNames: readonly LimitName[] = [
  'rollsPerDay',
  'netDebitPerDay',
  'notionalOpenedPerDay',
  'ordersPerMinute',
];

function useLimitLabels(): Readonly<Record<LimitName, string>> {
  const { m } = useMessages();
  return {
    rollsPerDay: m.system.limitRolls,
    netDebitPerDay: m.system.limitDebit,
    notionalOpenedPerDay: m.system.limitNotional,
    ordersPerMinute: m.system.limitOrders,
  };
}

export function Accounts({ mayManage }: { readonly mayManage: boolean }): ReactNode {
  const { m } = useMessages();
  const query = useAccounts();
  const columns = [
    { name: m.desk.account },
    { name: m.desk.state },
    { name: m.system.tasks, isNumber: true },
    { name: m.system.limits },
    { name: m.common.actions, isUnseen: true },
  ];
  return (
    <Panel title={m.system.accounts} isPadded={false} beside={mayManage && <AddAccountButton />}>
      <Answer query={query} empty={m.common.none} isEmpty={(accounts) => accounts.length === 0}>
        {(accounts) => (
          <Table label={m.system.accounts} columns={columns}>
            <Rows accounts={accounts} mayManage={mayManage} />
          </Table>
        )}
      </Answer>
    </Panel>
  );
}

interface RowsProps {
  readonly accounts: readonly Account[];
  readonly mayManage: boolean;
}

function Rows({ accounts, mayManage }: RowsProps): ReactNode {
  const { m } = useMessages();
  const limits = useLimits(accounts);
  const [edited, setEdited] = useState<Account | null>(null);
  const [sharedId, setSharedId] = useState<string | null>(null);
  const shared = accounts.find(({ accountId }) => accountId === sharedId);
  return (
    <>
      {accounts.map((account) => (
        <tr key={account.accountId}>
          <td>
            <strong>{account.name}</strong>
            <p className="hint">
              {account.userName} · {m.system.roles[account.role]}
            </p>
          </td>
          <td>
            <AccountState account={account} />
          </td>
          <td className="end">{account.tasksTotal}</td>
          <td>
            <LimitList limits={limits.get(account.accountId)} />
          </td>
          <td>
            {mayManage && account.role === 'owner' && (
              <span className="panel-tools">
                <Button onClick={() => setEdited(account)}>{m.system.editLimits}</Button>
                <CheckKey account={account} />
                <Button onClick={() => setSharedId(account.accountId)}>{m.system.shares}</Button>
              </span>
            )}
          </td>
        </tr>
      ))}
      {shared && <SharesDialog account={shared} onClose={() => setSharedId(null)} />}
      {edited && (
        <LimitsDialog
          account={edited}
          limits={limits.get(edited.accountId) ?? {}}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}

function AccountState({ account }: { readonly account: Account }): ReactNode {
  const { m } = useMessages();
  const { trouble, problem, daemon } = account;
  if (trouble !== null)
    return (
      <Badge tone="bad" icon="alert">
        {m.desk.accountTrouble}
      </Badge>
    );
  if (daemon === null)
    return (
      <>
        <Badge tone="warn" icon="alert">
          {m.system.notManaged}
        </Badge>
        <p className="hint">{problem}</p>
      </>
    );
  return (
    <Badge tone="good" icon="check">
      {m.system.managed}
    </Badge>
  );
}

function LimitList({ limits }: { readonly limits: Limits | undefined }): ReactNode {
  const { m } = useMessages();
  const labels = useLimitLabels();
  if (limits === undefined) return null;
  const set = limitNames.flatMap((name) => {
    const value = limits[name];
    return value === undefined || value === null ? [] : [{ name, value }];
  });
  if (set.length === 0) return <span className="muted">{m.system.noLimit}</span>;
  return (
    <ul>
      {set.map(({ name, value }) => (
        <li key={name}>
          <span className="muted">{labels[name]}:</span> {value}
        </li>
      ))}
    </ul>
  );
}

function CheckKey({ account }: { readonly account: Account }): ReactNode {
  const { m } = useMessages();
  const { show } = useToasts();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: () =>
      request<CheckedAccount>(accountPath(account, 'key-check'), { method: 'POST', body: {} }),
    onSuccess: ({ findings }) => {
      show({
        kind: findings.length === 0 ? 'good' : 'warning',
        text:
          findings.length === 0 ? m.system.keyGood : m.system.keyFindings(findings.map(({ code }) => code)),
      });
      void readAnew(queries, { queryKey: keys.accounts });
    },
    onError: (error) => show({ kind: 'bad', text: errorText(error) }),
  });
  return (
    <Button disabled={isPending} onClick={() => mutate()}>
      {m.system.checkKey}
    </Button>
  );
}

interface LimitsDialogProps {
  readonly account: Account;
  readonly limits: Limits;
  readonly onClose: () => void;
}

function LimitsDialog({ account, limits, onClose }: LimitsDialogProps): ReactNode {
  const { m } = useMessages();
  const labels = useLimitLabels();
  const queries = useQueryClient();
  const [given, setGiven] = useState<Readonly<Partial<Record<LimitName, string>>>>(() =>
    Object.fromEntries(limitNames.map((name) => [name, String(limits[name] ?? '')])),
  );
  const save = async (): Promise<void> => {
    const changes = Object.fromEntries(
      limitNames.flatMap((name) => {
        const value = (given[name] ?? '').trim();
        return value === String(limits[name] ?? '') ? [] : [[name, value === '' ? null : value]];
      }),
    );
    if (Object.keys(changes).length === 0) return;
    const changed = await request<AccountLimitsView>(accountPath(account, 'limits'), {
      method: 'PUT',
      body: changes,
    });
    queries.setQueryData(limitsKey(account), changed);
  };
  return (
    <ConfirmDialog
      title={`${m.system.limits}: ${account.name}`}
      text={m.system.limitsText}
      confirmLabel={m.system.save}
      kind="primary"
      onConfirm={save}
      onClose={onClose}
    >
      {limitNames.map((name) => (
        <TextField
          key={name}
          label={labels[name]}
          inputMode="decimal"
          hint={m.system.noLimit}
          value={given[name] ?? ''}
          onChange={(value) => setGiven((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </ConfirmDialog>
  );
}
