/**
 * Expiry at 08:00 UTC (docs/exchange.md#delivery): resting orders of the series are cancelled, in-the-money positions
 * pay out against the 30-minute average index less the delivery fee, all positions of the series disappear, and delivery
 * record, transaction log and wallet show it.
 */
import { add, multiply, subtract, type DecimalString } from '../../../domain/money.ts';
import { parseOptionSymbol } from '../../bybit/symbols.ts';
import { deliveryMsOf, type PaperInstrument } from '../listing.ts';
import type { Account } from './account.ts';
import type { EngineContext } from './context.ts';
import { cancelOrder } from './execution.ts';
import { deliveryFee, intrinsicValue } from './fees.ts';
import { moveCash, signed, without } from './ledger.ts';
import type { PaperPosition } from './types.ts';

/** Ends every order and settles every position whose option has expired. */
export function settleExpired(context: EngineContext): void {
  const nowMs = context.market.nowMs();
  for (const orders of [context.resting, context.untriggered])
    for (const symbol of orders.symbols()) {
      if (!isExpired(symbol, nowMs)) continue;
      for (const owned of orders.of(symbol))
        cancelOrder(context, owned, { cancelType: 'CancelByDelivery', rejectReason: 'EC_NoError' });
    }
  for (const account of context.accounts.values()) {
    for (const position of Object.values(account.state.positions)) {
      const instrument = context.market.listing.instrumentOf(position.symbol);
      if (instrument && instrument.expiry.deliveryMs <= nowMs)
        deliver(context, { account, position, instrument });
    }
  }
}

const isExpired = (symbol: string, nowMs: number): boolean => (deliveryMsOf(symbol) ?? Infinity) <= nowMs;

export interface Settlement {
  /** What the position pays (negative = costs) before the fee. */
  readonly payout: DecimalString;
  readonly fee: DecimalString;
}

/** What an option is delivered at, and what that costs. */
export interface DeliveryTerms {
  readonly deliveryPrice: DecimalString;
  readonly feeRate: DecimalString;
  /** Share of the option's value that the fee never exceeds. */
  readonly feeCap: DecimalString;
}

/** Arithmetic of one position's delivery. */
export function settlementOf(
  position: Pick<PaperPosition, 'side' | 'qty'>,
  option: { readonly isCall: boolean; readonly strike: DecimalString },
  { deliveryPrice, feeRate, feeCap }: DeliveryTerms,
): Settlement {
  const intrinsic = intrinsicValue(option, deliveryPrice);
  return {
    payout: multiply(signed(position.side, position.qty), intrinsic),
    fee: deliveryFee({ rate: feeRate, deliveryPrice, intrinsic, qty: position.qty, cap: feeCap }),
  };
}

interface Holding {
  readonly account: Account;
  readonly position: PaperPosition;
  readonly instrument: PaperInstrument;
}

function deliver(context: EngineContext, { account, position, instrument }: Holding): void {
  const { symbol, side, qty, averagePrice } = position;
  const { settings, market } = context;
  const deliveryPrice = market.deliveryPrice(instrument.baseCoin, instrument.expiry.deliveryMs);
  const isExempt = instrument.expiry.kind === 'daily' && !settings.dailiesPayDeliveryFee;
  const feeRate = isExempt ? '0' : instrument.rules.deliveryFeeRate;
  const { strike } = parseOptionSymbol(symbol);
  const terms = { deliveryPrice, feeRate, feeCap: settings.deliveryFeeCap };
  const { payout, fee } = settlementOf(position, { isCall: instrument.isCall, strike }, terms);
  const atMs = context.nowMs();
  moveCash(account.state, {
    id: context.id('delivery'),
    type: 'DELIVERY',
    symbol,
    coin: instrument.settleCoin,
    side,
    qty,
    price: deliveryPrice,
    cashFlow: payout,
    fee,
    orderId: '',
    linkId: '',
    atMs,
  });
  const gain = subtract(payout, multiply(signed(side, qty), averagePrice));
  account.state.positions = without(account.state.positions, symbol);
  account.state.deliveries.push({
    symbol,
    side,
    qty,
    entryPrice: averagePrice,
    deliveryPrice,
    strike,
    fee,
    realisedPnl: gain,
    atMs,
  });
  account.state.closed.push({
    symbol,
    side,
    qty,
    entryPrice: averagePrice,
    exitPrice: deliveryPrice,
    deliveryPrice,
    openFee: position.openFee,
    closeFee: '0',
    deliveryFee: fee,
    totalPnl: subtract(gain, add(position.openFee, fee)),
    openedAtMs: position.openedAtMs,
    closedAtMs: atMs,
  });
  context.events.changed();
  context.events.position(account, symbol, 0);
  context.events.wallet(account, 0);
}
