/**
 * What the torture may ask of the paper exchange, which is another process: prices, faults, and the books. Plain values
 * in and out, because they travel between processes.
 */
import type { PaperExchange } from '../../src/exchange/paper/exchange.ts';
import type { FaultRule, StreamName } from '../../src/exchange/paper/faults.ts';
import type { PaperOrder, PaperPosition } from '../../src/exchange/paper/engine/types.ts';

/** An account as the exchange itself knows it. */
export interface AccountBooks {
  readonly orders: readonly Readonly<PaperOrder>[];
  readonly positions: readonly PaperPosition[];
}

export function paperCommands(paper: PaperExchange) {
  const rules = new Map<number, () => void>();
  return {
    addresses: () => ({ url: paper.url, wsUrl: paper.wsUrl }),
    setIndex: (price: string) => paper.setIndex('BTC', price),
    /** @returns the number by which `removeFault` takes the rule away again */
    addFault: (rule: FaultRule): number => {
      rules.set(rules.size, paper.faults.add(rule));
      return rules.size - 1;
    },
    removeFault: (number: number) => rules.get(number)?.(),
    dropSockets: (stream: StreamName) => paper.faults.dropSockets(stream),
    halfOpenSockets: (stream: StreamName) => paper.faults.halfOpenSockets(stream),
    restart: () => paper.faults.restart(),
    clearFaults: () => paper.faults.clear(),
    books: (apiKey: string): AccountBooks => {
      const account = paper.account(apiKey);
      return { orders: account.orders(), positions: account.positions() };
    },
  };
}

export type PaperCommands = ReturnType<typeof paperCommands>;
