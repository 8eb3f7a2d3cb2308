/**
 * Perpetuals and coins of an account in the wire's shapes (docs/exchange.md#positions). They are given to an account and not
 * traded here, so they need no margin: leverage is 1, and coins are no collateral.
 */
import { decimal, isPositive, isZero, multiply, toText, type Decimal } from '../../../domain/money.ts';
import { readHolding } from '../../bybit/symbols.ts';
import type { Account } from '../engine/account.ts';
import type { Conditions } from '../engine/settings.ts';
import type { PaperHolding } from '../engine/types.ts';
import { failure, pageOf, success, type Reply } from './answers.ts';

export interface LinearFilter {
  readonly symbol: string | undefined;
  readonly settleCoin: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Perpetuals that are listed here: those of its coins that are settled in USDT. */
const isListed = (symbol: string, { market }: Conditions): boolean =>
  market.baseCoins().some((baseCoin) => symbol === `${baseCoin}USDT`);

/** Either one perpetual, held or not, or those of a settle coin that are held (Bybit docs: v5/position). */
export function linearPositions(filter: LinearFilter, conditions: Conditions, account: Account): Reply {
  const { symbol, settleCoin } = filter;
  const { holdings = {} } = account.state;
  if (symbol === undefined && settleCoin === undefined)
    return failure(10001, 'Missing some parameters that must be filled in, symbol or settleCoin');
  if (symbol !== undefined && !isListed(symbol, conditions))
    return failure(10001, 'params error: symbol invalid');
  const held = Object.keys(holdings).filter(
    (each) => isListed(each, conditions) && !isZero(account.holding(each)),
  );
  const chosen = symbol !== undefined ? [symbol] : settleCoin === 'USDT' ? held : [];
  const page = pageOf(chosen, (each) => each, filter);
  const list = page.list.map((each) => linearPositionRow(each, holdings[each], conditions));
  return success({ category: 'linear', nextPageCursor: page.nextPageCursor, list });
}

/** @param holding undefined for a perpetual that is not held */
function linearPositionRow(symbol: string, holding: PaperHolding | undefined, { market }: Conditions) {
  const baseCoin = readHolding(symbol)?.baseCoin ?? '';
  const mark = market.indexText(baseCoin);
  const qty = decimal(holding?.qty ?? '0');
  const isHeld = holding !== undefined && !qty.isZero();
  const value = isHeld ? multiply(holding.averagePrice, toText(qty.abs())) : '';
  return {
    positionIdx: 0,
    riskId: 1,
    riskLimitValue: '2000000',
    symbol,
    side: isHeld ? (qty.isPositive() ? 'Buy' : 'Sell') : '',
    size: toText(qty.abs()),
    avgPrice: isHeld ? holding.averagePrice : '0',
    positionValue: value,
    tradeMode: 0,
    autoAddMargin: 0,
    positionStatus: 'Normal',
    leverage: '1',
    markPrice: mark,
    liqPrice: '',
    bustPrice: '',
    positionIM: isHeld ? '0' : '',
    positionIMByMp: isHeld ? '0' : '',
    positionMM: isHeld ? '0' : '',
    positionMMByMp: isHeld ? '0' : '',
    positionBalance: '0',
    tpslMode: 'Full',
    takeProfit: '',
    stopLoss: '',
    trailingStop: '0',
    sessionAvgPrice: '',
    delta: '',
    gamma: '',
    vega: '',
    theta: '',
    unrealisedPnl: isHeld ? toText(decimal(mark).minus(holding.averagePrice).times(qty)) : '',
    curRealisedPnl: '0',
    cumRealisedPnl: '0',
    adlRankIndicator: isHeld ? 2 : 0,
    createdTime: String(holding?.updatedAtMs ?? ''),
    updatedTime: String(holding?.updatedAtMs ?? ''),
    seq: -1,
    isReduceOnly: false,
    mmrSysUpdatedTime: '',
    leverageSysUpdatedTime: '',
  };
}

/** The stream says `entryPrice` where REST says `avgPrice`. */
export function linearPositionPush(
  symbol: string,
  holding: PaperHolding | undefined,
  conditions: Conditions,
) {
  const { avgPrice, ...row } = linearPositionRow(symbol, holding, conditions);
  return { category: 'linear', ...row, entryPrice: avgPrice };
}

interface HeldCoin {
  readonly coin: string;
  readonly qty: string;
  /** In USD. */
  readonly value: Decimal;
}

/** Coins beside the settle coins. @param coins default: those of which there is any */
export const heldCoins = (
  account: Account,
  { market }: Conditions,
  coins?: readonly string[],
): readonly HeldCoin[] =>
  market.baseCoins().flatMap((coin) => {
    const qty = account.holding(coin);
    const isShown = coins?.includes(coin) ?? !isZero(qty);
    return isShown ? [{ coin, qty, value: decimal(qty).times(market.indexText(coin)) }] : [];
  });

/** What is owed beyond what there is, was borrowed for a spot trade. */
export const holdingCoinRow = ({ coin, qty, value }: HeldCoin) => {
  const borrowed = isPositive(qty) ? '0' : multiply(qty, '-1');
  return {
    coin,
    equity: qty,
    usdValue: toText(value),
    walletBalance: isPositive(qty) ? qty : '0',
    free: '',
    locked: '0',
    borrowAmount: borrowed,
    accruedInterest: '0',
    totalOrderIM: '0',
    totalPositionIM: '0',
    totalPositionMM: '0',
    unrealisedPnl: '0',
    cumRealisedPnl: '0',
    bonus: '0',
    collateralSwitch: false,
    marginCollateral: true,
    spotHedgingQty: '0',
    spotBorrow: borrowed,
    availableToBorrow: '',
    availableToWithdraw: '',
  };
};
