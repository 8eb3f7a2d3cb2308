/** Streams the tickers of the options that the trigger of some task looks at, each once and no longer than needed. */
import { optionOf, type Option } from '../../domain/market/option.ts';
import type { MarketData } from '../../ports/market-data.ts';
import { Groups } from '../groups.ts';

/** Watches and unwatches tickers as tasks want them. */
export class OptionWatch {
  readonly #market: Pick<MarketData, 'watchOption' | 'unwatchOption'>;
  /** By task: the symbol that it wants. */
  readonly #symbols = new Map<string, string>();
  /** By symbol: what it names. */
  readonly #options = new Map<string, Option>();
  /** By symbol: the tasks that want it. */
  readonly #tasks = new Groups<string, string>();

  constructor(market: Pick<MarketData, 'watchOption' | 'unwatchOption'>) {
    this.#market = market;
  }

  /**
   * The task wants this option's ticker now instead of the one that it wanted before; the first to want it starts the
   * stream.
   */
  want(taskId: string, option: Option): void {
    const { symbol } = option;
    if (this.#symbols.get(taskId) === symbol) return;
    this.leave(taskId);
    this.#symbols.set(taskId, symbol);
    const isWatched = this.#tasks.has(symbol);
    this.#tasks.add(symbol, taskId);
    if (isWatched) return;
    this.#options.set(symbol, optionOf(option));
    this.#market.watchOption(symbol);
  }

  /** What a watched symbol names; `null` when no task wants it. */
  optionOf = (symbol: string): Option | null => this.#options.get(symbol) ?? null;

  /** The task wants no ticker any more; the last one ends the stream. Does nothing when it wanted none. */
  leave(taskId: string): void {
    const symbol = this.#symbols.get(taskId);
    if (symbol === undefined) return;
    this.#symbols.delete(taskId);
    this.#tasks.remove(symbol, taskId);
    if (this.#tasks.has(symbol)) return;
    this.#options.delete(symbol);
    this.#market.unwatchOption(symbol);
  }
}
