/** Order endpoints over HTTP: the commands of order-commands.ts, and the three queries (docs/exchange.md#look-ups). */
import { z } from 'zod';
import type { Account } from '../engine/account.ts';
import { isCancellable } from '../engine/stop-rules.ts';
import type { PaperOrder } from '../engine/types.ts';
import { isZero } from '../../../domain/money.ts';
import { emptyList, pageOf, success, unknownKey } from './answers.ts';
import type { ServerContext } from './context.ts';
import { orderCommands } from './order-commands.ts';
import { executionRow, orderRow } from './rows.ts';
import { category, limit, privateGet, spanOf, spanTooLong, text, time, type Route } from './routes.ts';
import { hourMs } from '../../../domain/units.ts';

const recentClosedMax = 500;

interface Filter {
  readonly symbol?: string | undefined;
  readonly baseCoin?: string | undefined;
  readonly settleCoin?: string | undefined;
  readonly orderId?: string | undefined;
  readonly orderLinkId?: string | undefined;
}

interface Filtered {
  readonly orderId: string;
  readonly linkId: string;
  readonly symbol: string;
  readonly baseCoin: string;
  readonly settleCoin: string;
}

/** By order id, else by link id, else by symbol, base coin and settle coin together. */
function chosenBy(filter: Filter): (row: Filtered) => boolean {
  const { orderId, orderLinkId, symbol, baseCoin, settleCoin } = filter;
  if (orderId !== undefined) return (row) => row.orderId === orderId;
  if (orderLinkId !== undefined) return (row) => row.linkId === orderLinkId;
  return (row) =>
    row.symbol === (symbol ?? row.symbol) &&
    row.baseCoin === (baseCoin ?? row.baseCoin) &&
    row.settleCoin === (settleCoin ?? row.settleCoin);
}

/** False while a stale-reads fault hides a row that changed a moment ago. */
function isVisible(context: ServerContext, account: Account, endpoint: string) {
  return (row: { orderId: string; linkId: string; symbol: string }, changeId = row.orderId): boolean => {
    const site = { apiKey: account.apiKey, endpoint, linkId: row.linkId, symbol: row.symbol };
    const fault = context.faults.pending('staleReads', site);
    if (!fault) return true;
    const changedWallMs = account.changedWallMs.get(changeId) ?? -Infinity;
    return context.wall.nowMs() - changedWallMs >= fault.ms;
  };
}

/** Open orders, and after them the newest 500 closed ones that a restart has not made the exchange forget. */
function realtimeOrders(account: Account): readonly PaperOrder[] {
  const known = account.state.orders.slice(account.realtimeFrom);
  const closed = known
    .filter((order) => order.status !== 'Accepted' && !isCancellable(order))
    .slice(-recentClosedMax);
  return [...account.openOrders(), ...account.untriggered, ...closed];
}

/** All kinds by default (Bybit docs: v5/order/open-order). */
const isOfFilter =
  (orderFilter: string | undefined) =>
  ({ stop }: PaperOrder): boolean =>
    orderFilter === undefined || (orderFilter === 'StopOrder') === (stop !== undefined);

const newestFirst = (a: PaperOrder, b: PaperOrder): number =>
  b.acceptedAtMs - a.acceptedAtMs || (a.orderId < b.orderId ? 1 : -1);

/** Which orders or fills a query is about. */
const filters = {
  category,
  symbol: text,
  baseCoin: text,
  settleCoin: text,
  orderId: text,
  orderLinkId: text,
  cursor: text,
};

const realtime = privateGet(
  { path: '/v5/order/realtime', perSecond: 50 },
  z.object({ ...filters, openOnly: text, orderFilter: text, limit: limit(20, 50) }),
  (input, context, account) => {
    if (input.category !== 'option') return emptyList(input.category);
    const byId = input.orderId !== undefined || input.orderLinkId !== undefined;
    const wantsClosed = input.openOnly === '1';
    const rows = realtimeOrders(account)
      .filter(chosenBy(input))
      .filter((order) => byId || isCancellable(order) !== wantsClosed)
      .filter(isOfFilter(input.orderFilter))
      .filter((order) => isVisible(context, account, '/v5/order/realtime')(order))
      .sort(newestFirst)
      .map(orderRow);
    return success({
      category: 'option',
      ...pageOf(rows, ({ orderId }) => orderId, input),
    });
  },
);

const history = privateGet(
  { path: '/v5/order/history', perSecond: 50 },
  z.object({
    ...filters,
    orderStatus: text,
    orderFilter: text,
    startTime: time,
    endTime: time,
    limit: limit(20, 50),
  }),
  (input, context, account) => {
    if (input.category !== 'option') return emptyList(input.category);
    const nowMs = context.player.nowMs();
    const span = spanOf(input, nowMs, { defaultDays: 7, maxDays: 7 });
    if (!span) return spanTooLong(7);
    const rows = account.state.orders
      .filter((order) => order.status !== 'Accepted' && !isCancellable(order))
      .filter(({ acceptedAtMs }) => acceptedAtMs >= span.fromMs && acceptedAtMs <= span.toMs)
      .filter((order) => !isZero(order.executedQty) || nowMs - order.updatedAtMs <= 24 * hourMs)
      .filter(({ status }) => status === (input.orderStatus ?? status))
      .filter(chosenBy(input))
      .filter((order) => isVisible(context, account, '/v5/order/history')(order))
      .sort(newestFirst)
      .map(orderRow);
    return success({
      category: 'option',
      ...pageOf(rows, ({ orderId }) => orderId, input),
    });
  },
);

const executions = privateGet(
  { path: '/v5/execution/list', perSecond: 50 },
  z.object({ ...filters, execType: text, startTime: time, endTime: time, limit: limit(50, 100) }),
  (input, context, account) => {
    if (input.category !== 'option') return emptyList(input.category);
    const byId = input.orderId !== undefined || input.orderLinkId !== undefined;
    const span = spanOf(input, context.player.nowMs(), { defaultDays: 7, maxDays: 7 });
    if (!span) return spanTooLong(7);
    if (input.execType !== undefined && input.execType !== 'Trade') return emptyList('option');
    // The base coin defaults to BTC here, unlike in the order queries.
    const baseCoin = input.symbol === undefined ? (input.baseCoin ?? 'BTC') : input.baseCoin;
    const rows = account.state.fills
      .filter(chosenBy({ ...input, baseCoin }))
      .filter(({ atMs }) => byId || (atMs >= span.fromMs && atMs <= span.toMs))
      .filter((fill) => isVisible(context, account, '/v5/execution/list')(fill, fill.execId))
      .reverse()
      .map(executionRow);
    return success({
      category: 'option',
      ...pageOf(rows, ({ execId }) => execId, input),
    });
  },
);

const commands = orderCommands.map(({ name, perSecond, run }): Route => ({
  method: 'POST',
  path: `/v5/order/${name}`,
  isPrivate: true,
  perSecond,
  isCommand: true,
  handle: (input, context, account) => (account ? run(input, context, account) : unknownKey),
}));

export const orderRoutes: readonly Route[] = [...commands, realtime, history, executions];
