/** Which options' tickers are streamed: those that some task's trigger looks at, each once, and no longer than that. */
import type { MarketData } from '../../ports/market-data.ts';

/** Asks the market for tickers and gives them up, by what tasks want. */
export class OptionWatch {
  readonly #market: Pick<MarketData, 'watchOption' | 'unwatchOption'>;
  readonly #wantedBy = new Map<string, string>();
  readonly #wanting = new Map<string, Set<string>>();

  constructor(market: Pick<MarketData, 'watchOption' | 'unwatchOption'>) {
    this.#market = market;
  }

  /** Instead of what the task wanted before. */
  want(taskId: string, symbol: string): void {
    if (this.#wantedBy.get(taskId) === symbol) return;
    this.leave(taskId);
    this.#wantedBy.set(taskId, symbol);
    const tasks = this.#wanting.get(symbol);
    if (tasks) {
      tasks.add(taskId);
      return;
    }
    this.#wanting.set(symbol, new Set([taskId]));
    this.#market.watchOption(symbol);
  }

  /** It wants none any more. */
  leave(taskId: string): void {
    const symbol = this.#wantedBy.get(taskId);
    if (symbol === undefined) return;
    this.#wantedBy.delete(taskId);
    const tasks = this.#wanting.get(symbol);
    tasks?.delete(taskId);
    if (tasks?.size !== 0) return;
    this.#wanting.delete(symbol);
    this.#market.unwatchOption(symbol);
  }
}
