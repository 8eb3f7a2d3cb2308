/** Asks the exchange of a simulated world, over a link, whether it would take an order. */
import { preCheckOf } from '../../../src/backtest/translate.ts';
import type { CheckedOrder, PreCheck } from '../../../src/domain/market/pre-check.ts';
import { faultOf } from '../../../src/exchange/bybit/errors.ts';
import { refusedCheckOf } from '../../../src/exchange/bybit/pre-check.ts';
import type { Account } from '../../../src/exchange/paper/engine/account.ts';
import type { Link } from './link.ts';

export async function askToCheck(link: Link, account: Account, order: CheckedOrder): Promise<PreCheck> {
  const request = { ...order, linkId: 'check', orderType: 'Limit', orderIv: null } as const;
  const site = { apiKey: account.apiKey, endpoint: '/v5/order/pre-check', symbol: order.symbol };
  const act = () => ({
    checked: preCheckOf(link.parts.exchange.engine.preCheck(account, request), (refusal) =>
      faultOf('check', `check ${order.symbol}`, { kind: 'code', ...refusal }),
    ),
  });
  return link
    .send({ command: 'check', site, act })
    .then(({ checked }) =>
      checked.kind === 'notOffered' ? checked : ({ ...checked, marginMode: 'cross' } as const),
    )
    .catch((error: unknown) => refusedCheckOf(error, undefined));
}
