/** Virtual time of a simulated world: a backtest's, beginning at 0. */
import { settle, VirtualTime } from '../../../src/backtest/virtual-time.ts';

export class Timeline extends VirtualTime {
  constructor() {
    super(0);
  }

  /** What was begun just now has happened, too, before time passes. */
  async run(untilMs: number, enough?: () => boolean): Promise<void> {
    await settle();
    await this.passTo(untilMs, enough);
  }
}
