/** Gives an account of a backtest the holding that its task watches, as much as covers what is short at the beginning. */
import type { TaskSpec } from '../domain/spec/task-spec.ts';
import { sum, multiply } from '../domain/money.ts';
import { tryParseOptionSymbol } from '../exchange/bybit/symbols.ts';
import type { Account } from '../exchange/paper/engine/account.ts';
import type { Engine } from '../exchange/paper/engine/engine.ts';

/** What is short in calls is covered by as much long, else what is short in puts by as much short. */
export function holdWhatCovers(engine: Engine, account: Account, { watched }: TaskSpec): void {
  if (!watched) return;
  const shortOf = (type: 'call' | 'put') =>
    Object.values(account.state.positions).flatMap(({ symbol, side, qty }) =>
      side === 'Sell' && tryParseOptionSymbol(symbol)?.optionType === type ? [qty] : [],
    );
  const calls = shortOf('call');
  const qty = calls.length > 0 ? sum(calls) : multiply(sum(shortOf('put')), '-1');
  engine.setHolding(account, watched.symbol, qty);
}
