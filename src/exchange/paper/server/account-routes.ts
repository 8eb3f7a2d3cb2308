/**
 * Signed reads about an account (docs/exchange.md#positions): wallet, positions, deliveries. What is said of its key is in
 * key-routes.ts.
 */
import { z } from 'zod';
import { emptyList, failure, pageOf, success } from './answers.ts';
import { linearPositions } from './holding-rows.ts';
import { greekRows, positionRow, walletRow } from './rows.ts';
import { category, limit, privateGet, spanOf, spanTooLong, text, time, type Route } from './routes.ts';
import { summarise } from '../engine/margin.ts';
import { stopPricesOf } from '../engine/stop-rules.ts';
import type { ClosedPosition } from '../engine/types.ts';
import { sum } from '../../../domain/money.ts';

const isOfCoin = (symbol: string, baseCoin: string): boolean => symbol.startsWith(`${baseCoin}-`);

const walletBalance = privateGet(
  { path: '/v5/account/wallet-balance', perSecond: 50 },
  z.object({ accountType: z.literal('UNIFIED', 'only support UNIFIED'), coin: text }),
  (input, { engine }, account) =>
    success({ list: [walletRow(account, engine.context, input.coin?.split(','))] }),
);

const transactionLog = privateGet(
  { path: '/v5/account/transaction-log', perSecond: 25 },
  z.object({
    category: text,
    currency: text,
    baseCoin: text,
    type: text,
    startTime: time,
    endTime: time,
    limit: limit(20, 50),
    cursor: text,
  }),
  (input, { player }, account) => {
    const span = spanOf(input, player.nowMs(), { defaultDays: 1, maxDays: 7 });
    if (!span) return spanTooLong(7);
    const rows = account.state.ledger
      .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
      .filter(
        (entry) => entry.type === (input.type ?? entry.type) && entry.coin === (input.currency ?? entry.coin),
      )
      .filter(({ symbol }) => input.baseCoin === undefined || isOfCoin(symbol, input.baseCoin))
      .reverse()
      .map((entry) => ({
        id: entry.id,
        symbol: entry.symbol,
        category: 'option',
        side: entry.side,
        transactionTime: String(entry.atMs),
        type: entry.type,
        transSubType: '',
        qty: entry.qty,
        size: '',
        currency: entry.coin,
        tradePrice: entry.price,
        funding: '',
        fee: entry.fee,
        cashFlow: entry.cashFlow,
        change: entry.change,
        cashBalance: entry.balance,
        feeRate: '',
        bonusChange: '',
        tradeId: entry.id,
        orderId: entry.orderId,
        orderLinkId: entry.linkId,
        extraFees: '',
      }));
    return success(pageOf(rows, ({ id }) => id, input));
  },
);

const optionAssets = privateGet(
  { path: '/v5/account/option-asset-info', perSecond: 50 },
  z.object({}),
  (_, { market, engine, player }, account) => {
    const result = greekRows(account, market).map(({ baseCoin, totalDelta }) => {
      const isChosen = ({ symbol }: { symbol: string }): boolean => isOfCoin(symbol, baseCoin);
      const summary = summarise(account, engine.context, isChosen);
      const rows = Object.values(account.state.positions)
        .filter(isChosen)
        .map((position) => positionRow(position.symbol, position, engine.context));
      return {
        coin: baseCoin,
        totalDelta,
        totalRPL: sum(rows.map(({ curRealisedPnl }) => curRealisedPnl)),
        totalUPL: sum(rows.map(({ unrealisedPnl }) => (unrealisedPnl === '' ? '0' : unrealisedPnl))),
        // Working orders count as well (Bybit docs: v5/account/option-asset-info).
        assetIM: summary.positionInitial.plus(summary.orderInitial).toFixed(),
        assetMM: summary.positionMaintenance.plus(summary.orderMaintenance).toFixed(),
        sendTime: player.nowMs(),
      };
    });
    return success({ result });
  },
);

const coinGreeks = privateGet(
  { path: '/v5/asset/coin-greeks', perSecond: 50 },
  z.object({ baseCoin: text }),
  (input, { market }, account) => {
    const list = greekRows(account, market).filter(
      ({ baseCoin }) => baseCoin === (input.baseCoin ?? baseCoin),
    );
    return success({ list });
  },
);

const positions = privateGet(
  { path: '/v5/position/list', perSecond: 50 },
  z.object({ category, symbol: text, baseCoin: text, settleCoin: text, limit: limit(20, 200), cursor: text }),
  (input, { market, engine }, account) => {
    if (input.category === 'linear') return linearPositions(input, engine.context, account);
    if (input.category !== 'option') return emptyList(input.category);
    const held = account.state.positions;
    if (input.symbol !== undefined) {
      const position = Object.hasOwn(held, input.symbol) ? held[input.symbol] : undefined;
      if (!market.instrument(input.symbol) && !position)
        return failure(10001, 'params error: symbol invalid');
      const row = {
        ...positionRow(input.symbol, position, engine.context),
        ...stopPricesOf(account, input.symbol),
      };
      return success({ category: 'option', list: [row], nextPageCursor: '' });
    }
    const chosen = Object.values(held)
      .filter(({ symbol }) => input.baseCoin === undefined || isOfCoin(symbol, input.baseCoin))
      .filter(({ symbol }) => {
        const { settleCoin } = market.instrument(symbol) ?? {};
        return settleCoin === (input.settleCoin ?? settleCoin);
      });
    const page = pageOf(chosen, ({ symbol }) => symbol, input);
    const list = page.list.map((position) => ({
      ...positionRow(position.symbol, position, engine.context),
      ...stopPricesOf(account, position.symbol),
    }));
    return success({ category: 'option', nextPageCursor: page.nextPageCursor, list });
  },
);

const closedPositions = privateGet(
  { path: '/v5/position/get-closed-positions', perSecond: 50 },
  z.object({ category, symbol: text, startTime: time, endTime: time, limit: limit(50, 100), cursor: text }),
  (input, { player }, account) => {
    const span = spanOf(input, player.nowMs(), { defaultDays: 1, maxDays: 7 });
    if (!span) return spanTooLong(7);
    const rows = account.state.closed
      .filter(({ closedAtMs }) => closedAtMs >= span.fromMs && closedAtMs <= span.toMs)
      .filter(({ symbol }) => symbol === (input.symbol ?? symbol))
      .map((row, at) => ({ id: String(at), row: closedRow(row) }))
      .reverse();
    const page = pageOf(rows, ({ id }) => id, input);
    const list = page.list.map(({ row }) => row);
    return success({ category: 'option', nextPageCursor: page.nextPageCursor, list });
  },
);

const closedRow = (row: ClosedPosition) => ({
  symbol: row.symbol,
  side: row.side,
  qty: row.qty,
  avgEntryPrice: row.entryPrice,
  avgExitPrice: row.exitPrice,
  deliveryPrice: row.deliveryPrice,
  totalOpenFee: row.openFee,
  totalCloseFee: row.closeFee,
  deliveryFee: row.deliveryFee,
  totalPnl: row.totalPnl,
  openTime: row.openedAtMs,
  closeTime: row.closedAtMs,
});

const deliveryRecords = privateGet(
  { path: '/v5/asset/delivery-record', perSecond: 50 },
  z.object({
    category,
    symbol: text,
    expDate: text,
    startTime: time,
    endTime: time,
    limit: limit(20, 50),
    cursor: text,
  }),
  (input, { player }, account) => {
    const span = spanOf(input, player.nowMs(), { defaultDays: 30, maxDays: 30 });
    if (!span) return spanTooLong(30);
    const rows = account.state.deliveries
      .filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs)
      .filter(({ symbol }) => symbol === (input.symbol ?? symbol))
      .filter(({ symbol }) => symbol.split('-')[1] === (input.expDate ?? symbol.split('-')[1]))
      .map((row) => ({
        deliveryTime: row.atMs,
        symbol: row.symbol,
        side: row.side,
        position: row.qty,
        entryPrice: row.entryPrice,
        deliveryPrice: row.deliveryPrice,
        strike: row.strike,
        fee: row.fee,
        deliveryRpl: row.realisedPnl,
      }))
      .reverse();
    return success({
      category: 'option',
      ...pageOf(rows, ({ symbol, deliveryTime }) => `${symbol}@${deliveryTime}`, input),
    });
  },
);

const coinInfo = privateGet(
  { path: '/v5/asset/coin/query-info', perSecond: 5 },
  z.object({ coin: text }),
  (input) => {
    const rows = ['USDT', 'USDC', 'BTC', 'ETH']
      .filter((coin) => coin === (input.coin ?? coin))
      .map((coin) => ({
        name: coin,
        coin,
        remainAmount: '1000000',
        chains: [
          {
            chain: 'ETH',
            chainType: 'Ethereum',
            confirmation: '12',
            withdrawFee: '1',
            depositMin: '0',
            withdrawMin: '1',
            minAccuracy: '8',
            chainDeposit: '0',
            chainWithdraw: '0',
            withdrawPercentageFee: '0',
            contractAddress: '',
            safeConfirmNumber: '12',
          },
        ],
      }));
    return success({ rows });
  },
);

export const accountRoutes: readonly Route[] = [
  walletBalance,
  transactionLog,
  optionAssets,
  coinGreeks,
  positions,
  closedPositions,
  deliveryRecords,
  coinInfo,
];
