/** The stops of the account in memory that a test scripts: they stand as they are asked for, and fire when the test says so. */
import type { StandingStop, StopFill } from '../../src/domain/market/stops.ts';
import type { Position } from '../../src/domain/market/order.ts';
import { isZero, multiply, subtract } from '../../src/domain/money.ts';
import type { StopRequest } from '../../src/ports/exchange.ts';

export abstract class FixtureStops {
  standingStops: StandingStop[] = [];
  /** What those that fired have executed. */
  firedStops: StopFill[] = [];
  /** Those that were asked for, as `symbol mark`. */
  readonly stopsSet: string[] = [];
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  abstract heldNow(symbol: string): Position;
  abstract hold(position: Position): void;

  position(symbol: string): Promise<Position> {
    return Promise.resolve(this.heldNow(symbol));
  }

  stops = (): Promise<readonly StandingStop[]> => Promise.resolve(this.standingStops);
  stopFills = (symbol: string): Promise<readonly StopFill[]> =>
    Promise.resolve(this.firedStops.filter((fill) => fill.symbol === symbol));
  setStop = async ({ symbol, mark }: StopRequest): Promise<void> => {
    this.stopsSet.push(`${symbol} ${mark ?? 'none'}`);
    const { qty } = await this.position(symbol);
    const others = this.standingStops.filter((stop) => stop.symbol !== symbol || stop.kind !== 'stopLoss');
    this.standingStops = mark === null ? others : [...others, { symbol, kind: 'stopLoss', qty, mark }];
  };

  /** A stop closes so much of the position, at this price a unit. */
  fireStop(symbol: string, { qty, price }: { readonly qty: string; readonly price: string }): void {
    const held = this.heldNow(symbol);
    const left = subtract(held.qty, qty);
    this.hold({ ...held, qty: left, side: isZero(left) ? null : held.side });
    this.firedStops.push({
      symbol,
      kind: 'stopLoss',
      side: held.side === 'Sell' ? 'Buy' : 'Sell',
      qty,
      value: multiply(qty, price),
      fee: multiply(qty, '0.7'),
      atMs: this.#nowMs(),
    });
    this.standingStops = this.standingStops.filter((stop) => stop.symbol !== symbol);
  }
}
