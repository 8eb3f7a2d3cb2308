/** The requests of one account about stops of its positions (docs/exchange.md#stops); transport and errors are rest.ts. */
import { Terminal } from '../../../domain/errors.ts';
import type { StandingStop, StopFill } from '../../../domain/market/stops.ts';
import type { StopRequest } from '../../../ports/exchange.ts';
import { optionCategory as category, stopRow } from '../messages.ts';
import { parseStandingStop, parseStopFill } from '../stop-rows.ts';
import type { RestChannel } from './rest.ts';
import { SharedReads } from './shared-reads.ts';

/** What is asked for is so already. */
const notModified = '34040';

export class StopRest {
  readonly #rest: RestChannel;
  readonly #shared = new SharedReads();

  constructor(rest: RestChannel) {
    this.#rest = rest;
  }

  /** Open orders of all kinds; those that wait for their price are the stops. */
  async stops(): Promise<readonly StandingStop[]> {
    const subject = 'read stops';
    const rows = await this.#shared.share(subject, (onLeave) =>
      this.#rest.readAll({
        subject,
        path: '/v5/order/realtime',
        params: { category, limit: 50 },
        onLeave,
        shape: stopRow,
        toDomain: parseStandingStop,
      }),
    );
    return rows.filter((stop) => stop !== null);
  }

  /** Recent closed orders, which are shown at once, and the history, which lags and remembers for longer. */
  async stopFills(symbol: string): Promise<readonly StopFill[]> {
    const read = (path: '/v5/order/realtime' | '/v5/order/history', more: Readonly<Record<string, string>>) =>
      this.#rest.readAll({
        subject: `read stops that fired on ${symbol}`,
        path,
        params: { category, symbol, ...more, limit: 50 },
        shape: stopRow,
        toDomain: parseStopFill,
      });
    const recent = await read('/v5/order/realtime', { openOnly: '1' });
    const known = recent.some((fill) => fill !== null) ? recent : await read('/v5/order/history', {});
    return known.filter((fill) => fill !== null);
  }

  async setStop({ symbol, mark }: StopRequest, notAfterMs: number): Promise<void> {
    const subject = `set the stop of ${symbol} to ${mark ?? 'none'}`;
    try {
      await this.#rest.write({
        command: 'amend',
        subject,
        path: '/v5/position/trading-stop',
        params: { category, symbol, tpslMode: 'Full', positionIdx: 0, stopLoss: mark ?? '0' },
        notAfterMs,
      });
    } catch (error) {
      if (!(error instanceof Terminal) || error.code !== notModified) throw error;
    }
  }
}
