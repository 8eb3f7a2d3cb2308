/** What a person has typed to be played, and the order that it makes. Pure. */
import type { BacktestOrder } from '../../../api/contract.ts';

export interface OrderDraft {
  readonly yaml: string;
  readonly prices: string;
  readonly side: 'short' | 'long';
  readonly qty: string;
  readonly cash: string;
  readonly volatility: string;
  /** `2023-03-01T00:00`, in UTC; empty: as far as the prices reach. */
  readonly from: string;
  readonly to: string;
  readonly approvals: 'default' | 'roll' | 'skip';
  readonly sweep: readonly { readonly path: string; readonly values: string }[];
}

/** A task that rolls some times on the prices that come with the program. */
export const exampleYaml = `symbol: BTC-31MAR23-25000-C-USDT
trigger: 24500
target: +1000
guards:
  cooldown: 15m
`;

export const firstDraft: OrderDraft = {
  yaml: exampleYaml,
  prices: 'btc-march-2023',
  side: 'short',
  qty: '1',
  cash: '100000',
  volatility: '0.55',
  from: '',
  to: '',
  approvals: 'default',
  sweep: [
    { path: '', values: '' },
    { path: '', values: '' },
  ],
};

/** @param spec what the YAML says */
export function orderOf(draft: OrderDraft, spec: object): BacktestOrder {
  const { prices, side, qty, cash, volatility, approvals } = draft;
  const [fromMs, toMs] = [momentOf(draft.from), momentOf(draft.to)];
  return {
    spec,
    prices,
    side,
    qty: qty.trim(),
    cash: cash.trim(),
    volatility: volatility.trim(),
    approvals,
    ...(fromMs !== null && { fromMs }),
    ...(toMs !== null && { toMs }),
    sweep: draft.sweep
      .filter(({ path, values }) => path.trim() !== '' && values.trim() !== '')
      .map(({ path, values }) => `${path.trim()}=${values.trim()}`),
  };
}

function momentOf(text: string): number | null {
  const atMs = text === '' ? Number.NaN : Date.parse(`${text}Z`);
  return Number.isNaN(atMs) ? null : atMs;
}
