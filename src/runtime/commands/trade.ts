/** A trade that a person wants now, as it arrives in the inbox, read into the event for its task. */
import { z } from 'zod';
import { parseInput } from '../../domain/bad-input.ts';
import { BadInput, Conflict } from '../../domain/errors.ts';
import { haltText, wayOutOf } from '../../domain/explain/halt-text.ts';
import type { Halt } from '../../domain/halt.ts';
import type { RollContext } from '../../domain/roll/roll-context.ts';
import { askedFor } from '../../domain/roll/terms.ts';
import type { TradeWish } from '../../domain/rules/rule.ts';
import type { Command } from '../../ports/inbox.ts';

export type TradeKind = Extract<Command['kind'], 'rollNow' | 'closeNow'>;

/** Without the command that it came with. */
export interface TradeRequest {
  readonly type: 'TRADE_NOW';
  readonly trade: TradeWish;
}

const rollShape = z.strictObject({ rule: z.string({ error: 'the name of a rule, or null' }).nullable() });

/** @throws Conflict when trading is halted: it says by whom, why, and how to resume */
export function assertNotHalted({ taskId }: Pick<Command, 'taskId'>, halt: Halt | null): void {
  if (halt === null) return;
  throw new Conflict(`Task ${taskId} trades nothing now: ${haltText(halt)}. ${wayOutOf(halt)}`);
}

/** @throws BadInput when the payload is wrong, or the task has no such rule that rolls */
export function readTrade(
  kind: TradeKind,
  payload: unknown,
  { spec }: Pick<RollContext, 'spec'>,
): TradeRequest {
  if (kind === 'closeNow') return { type: 'TRADE_NOW', trade: { kind } };
  const { rule } = parseInput(rollShape, payload, 'The command is not right');
  if (askedFor(spec.rules, { kind, rule }) === null) {
    const rolling = spec.rules.filter(({ then }) => then.kind === 'roll').map(({ name }) => name);
    const expected = rolling.length === 0 ? 'a task with a rule that rolls' : `one of ${rolling.join(', ')}`;
    throw new BadInput('There is no such roll', [
      { path: 'rule', found: rule === null ? 'only rules that do not roll' : JSON.stringify(rule), expected },
    ]);
  }
  return { type: 'TRADE_NOW', trade: { kind, rule } };
}
