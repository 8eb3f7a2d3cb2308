/** The margin of the account in memory that a test scripts, and what it says of orders before they are sent. */
import type { Margin } from '../../src/domain/market/order.ts';
import type { CheckedOrder, PreCheck } from '../../src/domain/market/pre-check.ts';
import { FixtureStops } from './fixture-stops.ts';

/** Of an account with much available. */
export const muchAvailable: Margin = {
  initialRate: '0.1',
  maintenanceRate: '0.05',
  equity: '10000',
  available: '9000',
  balance: '10000',
  initial: '1000',
  maintenance: '500',
};

export abstract class FixtureMargin extends FixtureStops {
  marginNow: Margin = muchAvailable;
  /** What orders are checked with; the orders that were. */
  checkNow: PreCheck = { kind: 'notOffered' };
  /** The first answers, before `checkNow`. */
  checks: PreCheck[] = [];
  readonly checked: CheckedOrder[] = [];

  margin(): Promise<Margin> {
    return Promise.resolve(this.marginNow);
  }

  preCheck(order: CheckedOrder): Promise<PreCheck> {
    this.checked.push(order);
    return Promise.resolve(
      order.reduceOnly ? { kind: 'notOffered' } : (this.checks.shift() ?? this.checkNow),
    );
  }
}
