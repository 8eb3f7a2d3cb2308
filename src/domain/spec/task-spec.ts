/**
 * What a task says (docs/tasks.md): the short form a person writes and the full normal form everything else uses.
 * Owns defaults, units and the combinations that make no sense; whether the position exists is the daemon's to find out.
 */
import { z } from 'zod';
import { parseInput } from '../bad-input.ts';
import type { Guards } from '../rules/guards.ts';
import { type DecimalString } from '../money.ts';
import { soonestDays } from '../market/expiries.ts';
import type { SymbolRules } from '../market/exchange-rules.ts';
import {
  amount,
  duration,
  durationFrom,
  hours,
  oneBound,
  orUnknownKey,
  percent,
  positive,
  wholeFrom1,
} from './task-spec-words.ts';
import { targetNonsense } from './target-nonsense.ts';
import { closeShape, spellOutTarget, targetShape } from './target-shape.ts';
import type { Target } from '../rules/targets.ts';
import { spellOutTrigger, triggerShape } from './trigger-shape.ts';
import { conditionsOf, type Follow, type Trigger } from '../rules/triggers.ts';

export interface TaskSpec {
  /** The option held when the task is added; where it stands later is in the task's context. */
  readonly symbol: string;
  /** A quantity in base coin, or `all`: the whole position found at adoption. */
  readonly qty: string;
  readonly trigger: Trigger;
  /** The task may be added though its trigger holds already, and then rolls at once. */
  readonly evenIfTrue: boolean;
  /** `null`: the position is closed, and nothing opened. */
  readonly target: Target | null;
  readonly execution: Execution;
  readonly leg2: { readonly fallback: Leg2Fallback; readonly attemptsMax: number };
  /** How a trigger on the underlying's price moves when the strike has moved. */
  readonly follow: Follow;
  readonly guards: Guards;
}

export interface Execution {
  /** `walk`: from mid to the far touch; `cross`: at once up to the bound; `rest`: post-only at the near touch. */
  readonly style: 'walk' | 'cross' | 'rest';
  /** Time between two prices of a walk or a rest. */
  readonly everyMs: number;
  /** Price steps from mid to the far touch. */
  readonly steps: number;
  readonly deadlineMs: number;
  /** Largest distance from the mark price, as a fraction of it (at least one tick is always allowed). */
  readonly slippageMax: DecimalString;
}

export type Leg2Fallback = 'keepTrying' | 'reopenLeg1' | 'stayFlat';

const executionShape = z.strictObject(
  {
    style: z.enum(['walk', 'cross', 'rest'], { error: 'walk, cross or rest' }).default('walk'),
    every: durationFrom(100, 'a duration from 100ms up, like 3s').default(3_000),
    steps: z.int({ error: 'a whole number from 1 to 100' }).min(1).max(100).default(5),
    deadline: durationFrom(1_000, 'a duration from 1s up, like 2m').default(120_000),
    slippage: oneBound('max', percent, '5%').default({ max: '0.05' }),
  },
  orUnknownKey('an object like { style: walk, deadline: 2m }', 'style, every, steps, deadline, slippage'),
);

const mostExpected = 'an amount above 0, like 50, or a share of the premium, like 10%';
const most = z.union(
  [
    percent.transform((value) => ({ kind: 'share', value }) as const),
    positive(mostExpected).transform((value) => ({ kind: 'amount', value }) as const),
  ],
  { error: mostExpected },
);
const yesOrNo = z.boolean({ error: 'true or false' }).default(false);

const guardShapes = {
  netCredit: oneBound('min', amount, '0').optional(),
  debit: oneBound('max', most, '50').optional(),
  spread: oneBound('max', percent, '20%').optional(),
  openInterest: oneBound('min', positive('an amount of base coin above 0, like 5'), '5').optional(),
  rolls: z
    .strictObject(
      { max: wholeFrom1.optional(), perDay: wholeFrom1.optional() },
      orUnknownKey('an object like { max: 6, perDay: 2 }', 'max, perDay'),
    )
    .refine(({ max, perDay }) => max !== undefined || perDay !== undefined, {
      error: 'max, perDay or both',
    })
    .optional(),
  cooldown: duration.default(300_000),
  maintenanceMargin: oneBound('max', percent, '85%').default({ max: '0.85' }),
  notBeforeExpiry: duration.default(300_000),
  quietHours: hours.optional(),
  allowWrongWay: yesOrNo,
  strikeHighWaterMark: yesOrNo,
  whenRefused: z.enum(['skip', 'close', 'alert'], { error: 'skip, close or alert' }).default('alert'),
};
const guardsShape = z.strictObject(
  guardShapes,
  orUnknownKey('an object like { cooldown: 15m }', Object.keys(guardShapes).join(', ')),
);

const leg2Shape = z.strictObject(
  {
    fallback: z
      .enum(['keepTrying', 'reopenLeg1', 'stayFlat'], { error: 'keepTrying, reopenLeg1 or stayFlat' })
      .default('keepTrying'),
    attempts: wholeFrom1.default(5),
  },
  orUnknownKey('an object like { fallback: keepTrying }', 'fallback, attempts'),
);

const symbolShape = ({ readSymbol, symbolExample }: SymbolRules) => {
  const error = `an option symbol like ${symbolExample}`;
  return z.string({ error }).refine((text) => readSymbol(text) !== null, { error });
};
const specShapes = {
  symbol: z.string(),
  qty: z
    .union([z.literal('all'), positive('all, or a quantity like "0.3"')], {
      error: 'all, or a quantity like "0.3"',
    })
    .default('all'),
  trigger: triggerShape,
  evenIfTrue: yesOrNo,
  target: targetShape,
  execution: executionShape.prefault({}),
  leg2: leg2Shape.prefault({}),
  follow: z.enum(['strike', 'fixed', 'percent'], { error: 'strike, fixed or percent' }).default('strike'),
  guards: guardsShape.prefault({}),
};
const wholeSpec = orUnknownKey(
  'a task spec: an object with symbol, trigger and target',
  Object.keys(specShapes).join(', '),
);
const rollShape = z.strictObject(specShapes, wholeSpec);
const onlyCloseShape = z.strictObject({ ...specShapes, target: closeShape }, wholeSpec);
type Written = z.output<typeof rollShape> | z.output<typeof onlyCloseShape>;

/** By the exchange whose options a spec may name: a task list reads many. */
const shapes = new WeakMap<SymbolRules, ReturnType<typeof shapesFor>>();

function shapesFor(rules: SymbolRules) {
  const refuse = (spec: Written, context: z.RefinementCtx): void => {
    for (const [path, message] of nonsenseIn(spec, rules))
      context.addIssue({ code: 'custom', path, message });
  };
  const symbol = symbolShape(rules);
  return {
    roll: rollShape.extend({ symbol }).superRefine(refuse),
    close: onlyCloseShape.extend({ symbol }).superRefine(refuse),
  };
}

function shapesOf(rules: SymbolRules): ReturnType<typeof shapesFor> {
  const known = shapes.get(rules) ?? shapesFor(rules);
  shapes.set(rules, known);
  return known;
}

/** Writes `trigger: 25500` and `target: +1000` out in full. */
function spellOut(input: unknown, { readSymbol }: SymbolRules): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const spec: Record<string, unknown> = { ...input };
  const held = typeof spec['symbol'] === 'string' ? readSymbol(spec['symbol']) : null;
  if ('trigger' in spec) spec['trigger'] = spellOutTrigger(spec['trigger'], held?.optionType === 'put');
  if ('target' in spec) spec['target'] = spellOutTarget(spec['target'], held);
  return spec;
}

/** A walk ends at the far touch, and has to be there before its deadline. */
const stepsWithin = ({ deadline, every }: { deadline: number; every: number }): number =>
  Math.max(Math.ceil(deadline / every) - 1, 1);

/** Combinations that make no sense: where, and what would be right. A part that is wrong in itself may be missing. */
function* nonsenseIn(spec: Partial<Written>, { readSymbol }: SymbolRules): Generator<[string[], string]> {
  const { symbol = '', trigger, target, execution, guards } = spec;
  if (!execution || !guards || target === undefined) return;
  if (execution.style === 'walk' && execution.deadline <= execution.every)
    yield [['execution', 'deadline'], 'longer than execution.every, so that a walk reaches the far touch'];
  if (target === null) {
    if (guards.whenRefused === 'close')
      yield [['guards', 'whenRefused'], 'skip or alert: a task that only closes has no roll to be refused'];
    return;
  }
  const held = readSymbol(symbol);
  if (held !== null) yield* targetNonsense(target, held, guards);
  const staysInTime = target.expiry.kind === 'same';
  for (const { kind, level } of trigger ? conditionsOf(trigger) : []) {
    if (kind !== 'daysToExpiry' && kind !== 'expiryDay') continue;
    const soonest = soonestDays(target.expiry);
    const holdsAgain =
      staysInTime || (kind === 'daysToExpiry' && soonest !== null && soonest <= Number(level));
    if (holdsAgain)
      yield [
        ['target', 'expiry'],
        `an expiry at which trigger.${kind} does not hold at once again, like next-weekly`,
      ];
  }
}

/**
 * Reads a spec in short or full form.
 * @param rules of the exchange whose option it names
 * @throws BadInput naming every wrong value with its path
 */
export function parseTaskSpec(input: unknown, rules: SymbolRules): TaskSpec {
  const written = spellOut(input, rules);
  const isClose = (Object(written) as { target?: unknown }).target === 'close';
  const { roll, close } = shapesOf(rules);
  const spec: Written = parseInput(isClose ? close : roll, written, 'The task spec is not valid');
  const { symbol, qty, trigger, evenIfTrue, target, execution, leg2, follow, guards } = spec;
  return {
    symbol,
    qty,
    trigger,
    evenIfTrue,
    target,
    execution: {
      style: execution.style,
      everyMs: execution.every,
      steps: Math.min(execution.steps, stepsWithin(execution)),
      deadlineMs: execution.deadline,
      slippageMax: execution.slippage.max,
    },
    leg2: { fallback: leg2.fallback, attemptsMax: leg2.attempts },
    follow,
    guards: guardsOf(guards),
  };
}

const guardsOf = (guards: Written['guards']): Guards => ({
  ...(guards.netCredit && { netCreditMin: guards.netCredit.min }),
  ...(guards.debit && { debitMax: guards.debit.max }),
  ...(guards.spread && { spreadMax: guards.spread.max }),
  ...(guards.openInterest && { openInterestMin: guards.openInterest.min }),
  rollsMax: guards.rolls?.max ?? null,
  rollsPerDayMax: guards.rolls?.perDay ?? null,
  cooldownMs: guards.cooldown,
  maintenanceMax: guards.maintenanceMargin.max,
  notBeforeExpiryMs: guards.notBeforeExpiry,
  quietHours: guards.quietHours ?? null,
  allowWrongWay: guards.allowWrongWay,
  strikeHighWaterMark: guards.strikeHighWaterMark,
  whenRefused: guards.whenRefused,
});
