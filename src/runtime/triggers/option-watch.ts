/** Streams the tickers of the options that the trigger of some task looks at, each once and no longer than needed. */
import { optionOf, type Option } from '../../domain/market/option.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { Groups } from '../groups.ts';

/** Watches and unwatches tickers as tasks want them. */
export class OptionWatch {
  readonly #market: Pick<MarketData, 'watchOption' | 'unwatchOption'>;
  /** By task: the symbols that it wants. */
  readonly #symbols = new Map<string, readonly string[]>();
  /** By symbol: what it names. */
  readonly #options = new Map<string, Option>();
  /** By symbol: the tasks that want it. */
  readonly #tasks = new Groups<string, string>();

  constructor(market: Pick<MarketData, 'watchOption' | 'unwatchOption'>) {
    this.#market = market;
  }

  /**
   * The task wants the tickers of these options now instead of those that it wanted before; the first to want one starts the
   * stream.
   */
  want(taskId: string, options: readonly Option[]): void {
    const before = this.#symbols.get(taskId) ?? [];
    if (before.length === options.length && options.every(({ symbol }) => before.includes(symbol))) return;
    const symbols = options.map(({ symbol }) => symbol);
    if (symbols.length > 0) this.#symbols.set(taskId, symbols);
    else this.#symbols.delete(taskId);
    for (const symbol of before) if (!symbols.includes(symbol)) this.#release(taskId, symbol);
    for (const option of options) this.#watch(taskId, option);
  }

  /** What a watched symbol names; `null` when no task wants it. */
  optionOf = (symbol: string): Option | null => this.#options.get(symbol) ?? null;

  /** The task wants no ticker any more; the last one ends the stream. Does nothing when it wanted none. */
  leave(taskId: string): void {
    const symbols = this.#symbols.get(taskId) ?? [];
    this.#symbols.delete(taskId);
    for (const symbol of symbols) this.#release(taskId, symbol);
  }

  #watch(taskId: string, option: Option): void {
    const { symbol } = option;
    const isWatched = this.#tasks.has(symbol);
    this.#tasks.add(symbol, taskId);
    if (isWatched) return;
    this.#options.set(symbol, optionOf(option));
    this.#market.watchOption(symbol);
  }

  #release(taskId: string, symbol: string): void {
    this.#tasks.remove(symbol, taskId);
    if (this.#tasks.has(symbol)) return;
    this.#options.delete(symbol);
    this.#market.unwatchOption(symbol);
  }
}
