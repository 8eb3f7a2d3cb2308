/** An account of the paper exchange as tests, the demo and the torture look at it from outside. */
import { toText, type DecimalString } from '../../domain/money.ts';
import type { Account } from './engine/account.ts';
import type { Engine } from './engine/engine.ts';
import { summarise } from './engine/margin.ts';
import type { PaperFill, PaperOrder, PaperPosition } from './engine/types.ts';

export interface AccountView {
  positions(): readonly PaperPosition[];
  /** Every order ever accepted, oldest first. */
  orders(): readonly Readonly<PaperOrder>[];
  fills(): readonly PaperFill[];
  wallet(): Readonly<Record<'USDT' | 'USDC', DecimalString>>;
  /** Cash and what the options are worth at their marks, together; one USDT counts as one USDC. */
  worth(): DecimalString;
}

/** @throws Error when no account has the key */
export function accountOf(engine: Engine, apiKey: string): Account {
  const account = engine.context.accounts.get(apiKey);
  if (!account) throw new Error(`no paper account has the API key ${apiKey}`);
  return account;
}

export function viewOf(engine: Engine, apiKey: string): AccountView {
  const account = accountOf(engine, apiKey);
  const { state } = account;
  return {
    positions: () => Object.values(state.positions),
    orders: () => state.orders,
    fills: () => state.fills,
    wallet: () => state.wallet,
    worth: () => {
      const { wallet, optionValue } = summarise(account, engine.context);
      return toText(wallet.plus(optionValue));
    },
  };
}
