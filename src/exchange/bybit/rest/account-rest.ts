/**
 * The private endpoints of one account as the saga needs them: place, amend, cancel, look up, position, margin. It owns
 * which endpoint is asked in which order (docs/exchange.md#look-ups); transport and errors are rest.ts.
 */
import { randomUUID } from 'node:crypto';
import { compare, isPositive, type DecimalString } from '../../../domain/money.ts';
import { readHolding } from '../symbols.ts';
import { tryParseOptionSymbol } from '../symbols.ts';
import type {
  Fill,
  Margin,
  OrderReport,
  OrderRequest,
  OrderSighting,
  Position,
  Settlement,
} from '../../../domain/market/order.ts';
import { Retryable, Terminal } from '../../../domain/errors.ts';
import type { CheckedOrder, PreCheck } from '../../../domain/market/pre-check.ts';
import type { OrderRef } from '../../../ports/exchange.ts';
import {
  deliveryRow,
  executionRow,
  linearCategory,
  optionCategory as category,
  orderRow,
  positionRow,
  walletRow,
  type WalletRow,
} from '../messages.ts';
import {
  coinQuantity,
  flat,
  isDuplicate,
  netQuantity,
  parseFill,
  parseMargin,
  parseOrder,
  parsePosition,
  parseSettlement,
} from '../parse.ts';
import { checkedRow, checkOf, refusedCheckOf } from '../pre-check.ts';
import type { NumberedPosition } from '../kept/kept-positions.ts';
import type { RestChannel } from './rest.ts';
import { SharedReads } from './shared-reads.ts';
import { dayMs } from '../../../domain/units.ts';

export class AccountRest {
  readonly #rest: RestChannel;
  readonly #shared = new SharedReads();
  constructor(rest: RestChannel) {
    this.#rest = rest;
  }

  submit(order: OrderRequest, notAfterMs: number): Promise<void> {
    const { linkId, symbol, side, qty, price, timeInForce, reduceOnly } = order;
    return this.#rest.write({
      command: 'create',
      subject: `create ${linkId} (${side} ${qty} ${symbol} at ${price})`,
      path: '/v5/order/create',
      params: {
        category,
        symbol,
        side,
        orderType: 'Limit',
        qty,
        price,
        timeInForce,
        reduceOnly,
        orderLinkId: linkId,
      },
      notAfterMs,
    });
  }

  /** Of an order that does not reduce. Under an id of its own, which no order ever has: a create needs one. */
  async preCheck({ symbol, side, qty, price, timeInForce, reduceOnly }: CheckedOrder): Promise<PreCheck> {
    const order = { symbol, side, orderType: 'Limit', qty, price, timeInForce, reduceOnly };
    let extra: unknown;
    const request = {
      subject: `check ${side} ${qty} ${symbol} at ${price}`,
      path: '/v5/order/pre-check',
      params: { category, ...order, orderLinkId: randomUUID() },
      onRefusal: (given: unknown) => void (extra = given),
    } as const;
    try {
      return checkOf((await this.#rest.check(request, checkedRow)).result);
    } catch (error) {
      return refusedCheckOf(error, extra);
    }
  }

  amend({ linkId, symbol, price }: OrderRef & { readonly price: string }, notAfterMs: number): Promise<void> {
    return this.#rest.write({
      command: 'amend',
      subject: `amend ${linkId} (${symbol} to ${price})`,
      path: '/v5/order/amend',
      params: { category, symbol, orderLinkId: linkId, price },
      notAfterMs,
    });
  }

  cancel({ linkId, symbol }: OrderRef, notAfterMs: number): Promise<void> {
    return this.#rest.write({
      command: 'cancel',
      subject: `cancel ${linkId} on ${symbol}`,
      path: '/v5/order/cancel',
      params: { category, symbol, orderLinkId: linkId },
      notAfterMs,
    });
  }

  /**
   * One look-up: open and recent orders, then history, then executions. Executions are also read whenever something was
   * traded. An empty result does not prove that there is no order (docs/exchange.md#look-ups).
   */
  async findOrder(ref: OrderRef): Promise<OrderSighting> {
    const order =
      (await this.#newest('/v5/order/realtime', ref)) ?? (await this.#newest('/v5/order/history', ref));
    if (order && !isPositive(order.executedQty)) return { order, fills: [] };
    return { order, fills: await this.#fills(ref) };
  }

  /**
   * The exchange may no longer know a symbol that was delivered; then all positions are read instead
   * (docs/exchange.md#delivery).
   */
  async position(symbol: string): Promise<Position> {
    const rows = await this.#positions(`read position ${symbol}`, { symbol }).catch((error: unknown) => {
      if (error instanceof Terminal && error.scope === 'request') return this.numberedPositions();
      throw error;
    });
    return rows.find(({ position }) => position.symbol === symbol)?.position ?? flat(symbol);
  }

  async positions(): Promise<readonly Position[]> {
    const rows = await this.numberedPositions();
    return rows.flatMap(({ position }) => (position.side === null ? [] : position));
  }

  numberedPositions(): Promise<readonly NumberedPosition[]> {
    return this.#positions('read positions', {});
  }

  #positions(
    subject: string,
    filter: Readonly<Record<string, string>>,
  ): Promise<readonly NumberedPosition[]> {
    return this.#shared.share(subject, (onLeave) =>
      this.#rest.readAll({
        subject,
        path: '/v5/position/list',
        params: { category, ...filter, limit: 200 },
        onLeave,
        shape: positionRow,
        toDomain: (row) => ({ position: parsePosition(row), seq: row.seq }),
      }),
    );
  }

  /** @param symbol of a linear perpetual, or a coin */
  async holding(symbol: string): Promise<DecimalString> {
    const subject = `read holding ${symbol}`;
    const holding = readHolding(symbol);
    if (!holding) throw new Terminal(`${subject}: no holding has this name`, { scope: 'request' });
    if (holding.kind === 'coin') return coinQuantity(await this.#wallet(), holding.symbol);
    const rows = await this.#shared.share(subject, (onLeave) =>
      this.#rest.readAll({
        subject,
        path: '/v5/position/list',
        params: { category: linearCategory, symbol: holding.symbol, limit: 200 },
        onLeave,
        shape: positionRow,
        toDomain: parsePosition,
      }),
    );
    return netQuantity(rows.filter((row) => row.symbol === holding.symbol));
  }

  async margin(): Promise<Margin> {
    return parseMargin(await this.#wallet());
  }

  async #wallet(): Promise<WalletRow> {
    const subject = 'read wallet balance';
    const rows = await this.#shared.share(subject, (onLeave) =>
      this.#rest.readAll({
        subject,
        path: '/v5/account/wallet-balance',
        params: { accountType: 'UNIFIED' },
        onLeave,
        shape: walletRow,
        toDomain: (row) => row,
      }),
    );
    const [first] = rows;
    if (!first) throw new Retryable(`${subject}: Bybit's list is empty`);
    return first;
  }

  /**
   * Asks for the days around the delivery, because the exchange answers for thirty days at most (Bybit docs:
   * v5/asset/delivery).
   */
  async settlement({ symbol, expiryMs }: { symbol: string; expiryMs: number }): Promise<Settlement | null> {
    const rows = await this.#rest.readAll({
      subject: `read the delivery of ${symbol}`,
      path: '/v5/asset/delivery-record',
      params: { category, symbol, startTime: expiryMs - dayMs, endTime: expiryMs + dayMs, limit: 50 },
      shape: deliveryRow,
      toDomain: parseSettlement,
    });
    return rows.find((row) => row.symbol === symbol) ?? null;
  }

  /** Stale rows may come with fresh ones. Executed quantity only grows, so the row with the largest one is the newest. */
  async #newest(
    path: '/v5/order/realtime' | '/v5/order/history',
    ref: OrderRef,
  ): Promise<OrderReport | null> {
    const rows = await this.#rest.readAll({
      subject: `look up ${ref.linkId}`,
      path,
      params: { category, orderLinkId: ref.linkId, symbol: ref.symbol, limit: 50 },
      shape: orderRow,
      toDomain: (row) => (isDuplicate(row) ? null : parseOrder(row)),
    });
    return (
      rows
        .filter((row) => row !== null)
        .filter((row) => row.linkId === ref.linkId)
        .sort((a, b) => compare(b.executedQty, a.executedQty) || b.updatedAtMs - a.updatedAtMs)[0] ?? null
    );
  }

  /** The base coin is sent because it defaults to BTC (Bybit docs: v5/order/execution). */
  async #fills(ref: OrderRef): Promise<readonly Fill[]> {
    const baseCoin = tryParseOptionSymbol(ref.symbol)?.baseCoin;
    const rows = await this.#rest.readAll({
      subject: `look up executions of ${ref.linkId}`,
      path: '/v5/execution/list',
      params: { category, orderLinkId: ref.linkId, ...(baseCoin ? { baseCoin } : {}), limit: 100 },
      shape: executionRow,
      toDomain: parseFill,
    });
    const fills = rows.filter((row) => row.linkId === ref.linkId);
    return [...new Map(fills.map((fill) => [fill.execId, fill])).values()].sort((a, b) => a.atMs - b.atMs);
  }
}
