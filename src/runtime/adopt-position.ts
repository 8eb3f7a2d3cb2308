/**
 * Takes a position into care: checks the spec against what the account really holds and what is really listed, and
 * stores the new task. A refusal names the value and what would be right, and stores nothing.
 */
import { createActor } from 'xstate';
import { BadInput } from '../domain/errors.ts';
import { add, compare, subtract } from '../domain/money.ts';
import { parseOptionSymbol } from '../domain/option-symbol.ts';
import type { ListedOption, Position } from '../domain/order.ts';
import type { HeldPosition } from '../domain/roll.ts';
import { quantityProblem } from '../domain/tradability.ts';
import { parseTaskSpec, type TaskSpec } from '../domain/task-spec.ts';
import type { TradingAccount } from '../ports/exchange.ts';
import type { Command } from '../ports/inbox.ts';
import type { NewTask } from '../ports/journal.ts';
import type { MarketData } from '../ports/market-data.ts';
import type { ProvidedRollMachine } from './effects.ts';
import { stateName } from './state-name.ts';

export interface AdoptionOptions {
  readonly command: Command;
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly machine: ProvidedRollMachine;
  readonly nowMs: number;
  /** What other tasks of the account already care for. */
  readonly takenPositions: readonly HeldPosition[];
}

/** @throws BadInput when the spec does not fit the account or the listing; Retryable when that could not be found out */
export async function adoptPosition(options: AdoptionOptions): Promise<NewTask> {
  const { command, account, market, machine, nowMs, takenPositions } = options;
  const spec = parseTaskSpec(command.payload);
  const [position, chain] = await Promise.all([
    account.position(spec.symbol),
    market.chain(parseOptionSymbol(spec.symbol)),
  ]);
  const held = heldPosition(spec, position, takenPositions);
  checkListing(spec, held, chain);
  const input = { taskId: command.taskId, spec, held };
  const actor = createActor(machine, { input });
  const text = `adopted ${held.side} ${held.qty} ${held.symbol}; rolls when the index is ${spec.trigger.direction} ${spec.trigger.level}`;
  return {
    accountId: command.accountId,
    taskId: command.taskId,
    atMs: nowMs,
    specJson: JSON.stringify(spec),
    eventJson: JSON.stringify({ type: 'CREATED', input, atMs: nowMs }),
    state: stateName(actor.getSnapshot().value),
    snapshotJson: JSON.stringify(actor.getPersistedSnapshot()),
    answer: { commandId: command.commandId, status: 'done', text },
  };
}

const refuse = (path: string, found: string, expected: string): never => {
  throw new BadInput('The task does not fit the account', [{ path, found, expected }]);
};

function heldPosition(spec: TaskSpec, position: Position, taken: readonly HeldPosition[]): HeldPosition {
  const { symbol } = spec;
  if (position.side === null)
    return refuse('symbol', `no position in ${symbol}`, 'an option that the account holds');
  const takenQty = taken
    .filter((held) => held.symbol === symbol)
    .reduce((total, { qty }) => add(total, qty), '0');
  const freeQty = subtract(position.qty, takenQty);
  const qty = spec.qty === 'all' ? freeQty : spec.qty;
  if (compare(freeQty, '0') <= 0 || compare(qty, freeQty) > 0) {
    const inCare = takenQty === '0' ? '' : `, of which other tasks care for ${takenQty}`;
    return refuse(
      'qty',
      qty,
      `at most ${freeQty}: the account holds ${position.side} ${position.qty}${inCare}`,
    );
  }
  return { symbol, side: position.side, qty };
}

function checkListing(spec: TaskSpec, held: HeldPosition, chain: readonly ListedOption[]): void {
  const option = chain.find(({ instrument }) => instrument.symbol === spec.symbol);
  if (!option) return refuse('symbol', spec.symbol, 'an option listed on the exchange');
  const { status } = option.instrument;
  if (status !== 'Trading')
    refuse('symbol', `${spec.symbol}, which is ${status}`, 'an option that is trading');
  const problem = quantityProblem(option.instrument, held.qty);
  if (problem) refuse('qty', held.qty, `a quantity the exchange takes: ${problem}`);
}
