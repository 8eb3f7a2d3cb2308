/** What an account's API key may do, as its owner set it at the exchange, and what kind of account it is (docs/exchange.md#keys). */
import type { DecimalString } from '../../../domain/money.ts';

export interface KeySettings {
  readonly isReadOnly: boolean;
  /** Rights of the key by group; a group that is missing is not in the answer either. */
  readonly permissions: Readonly<Record<string, readonly string[]>>;
  /** `["*"]`: accepted from any address. */
  readonly ips: readonly string[];
  /** `null` for a key without an end, as one that is bound to an address. */
  readonly expiresAtMs: number | null;
  readonly marginMode: 'ISOLATED_MARGIN' | 'REGULAR_MARGIN' | 'PORTFOLIO_MARGIN';
  readonly isUnified: boolean;
  /** Rates of its own by base coin; of other coins it pays what everybody pays. */
  readonly feeRates: Readonly<
    Record<string, { readonly maker: DecimalString; readonly taker: DecimalString }>
  >;
}

/** Everything as a program that trades options wants it. */
export const usualKey: KeySettings = {
  isReadOnly: false,
  permissions: {
    ContractTrade: ['Order', 'Position'],
    Spot: ['SpotTrade'],
    Wallet: [],
    Options: ['OptionsTrade'],
    Derivatives: ['DerivativesTrade'],
    Exchange: [],
    Earn: [],
    BlockTrade: [],
    Affiliate: [],
  },
  ips: ['127.0.0.1'],
  expiresAtMs: null,
  marginMode: 'REGULAR_MARGIN',
  isUnified: true,
  feeRates: {},
};

/**
 * Why the exchange does not take a command of this key (Bybit docs: v5/error); `null` when it does.
 * @param path `/v5/order/create`
 */
export function orderRefusal(
  { isReadOnly, permissions, marginMode }: KeySettings,
  path: string,
): { readonly code: number; readonly text: string } | null {
  if (isReadOnly || permissions['Options']?.includes('OptionsTrade') !== true)
    return { code: 10005, text: 'Permission denied, please check your API key permissions.' };
  if (marginMode === 'ISOLATED_MARGIN' && path === '/v5/order/create')
    return { code: 3_200_403, text: 'isolated margin can not create order' };
  return null;
}
