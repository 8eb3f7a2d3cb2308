/** What the system page reads besides what every page does. */
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type {
  Account,
  AccountLimitsView,
  ListedUser,
  RecordedAct,
  Token,
  Voucher,
} from '../../../api/contract.ts';
import { queryText, request } from '../../api/client.ts';
import { keys } from '../../api/queries.ts';

export const peopleKeys = { users: ['users'], vouchers: ['vouchers'], tokens: ['tokens'] } as const;

export const useAccounts = (): UseQueryResult<readonly Account[]> =>
  useQuery({
    queryKey: keys.accounts,
    queryFn: ({ signal }) => request<readonly Account[]>('/accounts', { signal }),
    refetchInterval: 30_000,
  });

export const accountPath = ({ name, userName }: Pick<Account, 'name' | 'userName'>, rest: string): string =>
  `/accounts/${encodeURIComponent(name)}/${rest}${queryText({ user: userName })}`;

export const limitsKey = ({ accountId }: Pick<Account, 'accountId'>): readonly string[] => [
  ...keys.accounts,
  'limits',
  accountId,
];

/** Limits are shown to owners alone; the others' are left out. By account id. */
export function useLimits(accounts: readonly Account[]): ReadonlyMap<string, AccountLimitsView['limits']> {
  const owned = accounts.filter(({ role }) => role === 'owner');
  const answers = useQueries({
    queries: owned.map((account) => ({
      queryKey: limitsKey(account),
      queryFn: () => request<AccountLimitsView>(accountPath(account, 'limits')),
    })),
  });
  return new Map(answers.flatMap(({ data }) => (data ? [[data.accountId, data.limits] as const] : [])));
}

/** Newest first. */
export const useAudit = (limit: number): UseQueryResult<readonly RecordedAct[]> =>
  useQuery({
    queryKey: [...keys.audit, limit],
    queryFn: async ({ signal }) => {
      const acts = await request<readonly RecordedAct[]>(`/audit${queryText({ limit })}`, { signal });
      return acts.toReversed();
    },
    refetchInterval: 30_000,
  });

export const useUsers = (): UseQueryResult<readonly ListedUser[]> =>
  useQuery({
    queryKey: peopleKeys.users,
    queryFn: ({ signal }) => request<readonly ListedUser[]>('/users', { signal }),
  });

export const useVouchers = (): UseQueryResult<readonly Voucher[]> =>
  useQuery({
    queryKey: peopleKeys.vouchers,
    queryFn: ({ signal }) => request<readonly Voucher[]>('/vouchers', { signal }),
  });

export const useTokens = (): UseQueryResult<readonly Token[]> =>
  useQuery({
    queryKey: peopleKeys.tokens,
    queryFn: ({ signal }) => request<readonly Token[]>('/tokens', { signal }),
  });
