/**
 * What a task says (design §7): the short form a person writes and the full normal form everything else uses.
 * Owns defaults, units and the combinations that make no sense; whether the position exists is the daemon's to find out.
 */
import { z } from 'zod';
import { parseInput } from './bad-input.ts';
import type { PriceGuards } from './guards.ts';
import { compare, decimalPattern, isPositive, type DecimalString } from './money.ts';
import { tryParseOptionSymbol, type OptionType } from './option-symbol.ts';

export interface TaskSpec {
  /** The option held when the task is added; where it stands later is in the task's context. */
  readonly symbol: string;
  /** A quantity in base coin, or `all`: the whole position found at adoption. */
  readonly qty: string;
  readonly trigger: IndexTrigger;
  readonly target: StrikeTarget;
  readonly execution: Execution;
  readonly leg2: { readonly fallback: Leg2Fallback; readonly attemptsMax: number };
  /** How the trigger moves when the strike has moved. */
  readonly follow: 'strike' | 'fixed' | 'percent';
  readonly guards: PriceGuards & {
    readonly rollsMax: number | null;
    readonly cooldownMs: number;
    readonly allowWrongWay: boolean;
  };
}

/** Fires while the underlying's index price is at or beyond `level`, once it has been so for `holdMs`. */
export interface IndexTrigger {
  readonly direction: 'above' | 'below';
  readonly level: DecimalString;
  readonly holdMs: number;
}

/** New strike relative to the old one: `steps` along the listed strikes, or at least `amount` away. */
export type StrikeTarget =
  | { readonly kind: 'steps'; readonly steps: number }
  | { readonly kind: 'amount'; readonly amount: DecimalString };

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

/** In ms, smallest first. */
export const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationShape = /^(\d+)(ms|s|m|h|d)$/;

const duration = z
  .string({ error: 'a duration like 5s, 2m or 1h' })
  .regex(durationShape, { error: 'a duration like 5s, 2m or 1h' })
  .transform((text) => {
    const [, amount, unit] = durationShape.exec(text) ?? [];
    return Number(amount) * durationUnits[unit as keyof typeof durationUnits];
  });

/** Below it, working an order would be a storm of requests. */
const atLeast = (minMs: number, expected: string) =>
  duration.refine((ms) => ms >= minMs, { error: expected, abort: true });

const decimalText = (expected: string) =>
  z
    .union([z.number(), z.string()], { error: expected })
    .transform((value) =>
      typeof value === 'number' ? new Intl.NumberFormat('en', plainNumber).format(value) : value.trim(),
    )
    .transform((text) => text.replace(/^\+/, ''))
    .refine((text) => decimalPattern.test(text), { error: expected, abort: true });
const plainNumber = { useGrouping: false, maximumFractionDigits: 20 } as const;

const positive = (expected: string) => decimalText(expected).refine(isPositive, { error: expected });
const price = positive('a price above 0, like 25500');

const percent = z
  .string({ error: 'a percentage like 5%' })
  .regex(/^\d+(\.\d+)?%$/, { error: 'a percentage like 5%' })
  .transform((text) => percentToFraction(text.slice(0, -1)));

/** Moves the point two places to the left: `"12.5"` → `"0.125"`. */
function percentToFraction(text: string): DecimalString {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = whole.padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`
    .replace(/^0+(?=\d)/, '')
    .replace(/\.?0+$/, '');
}

const mostExpected = 'an amount above 0, like 50, or a share of the premium, like 10%';
const shareOf = (value: DecimalString) => ({ kind: 'share', value }) as const;
const amountOf = (value: DecimalString) => ({ kind: 'amount', value }) as const;

const unknownKey = (known: string) => ({ error: `one of ${known}` });

const index = z
  .strictObject(
    { above: price.optional(), below: price.optional(), for: duration.optional() },
    unknownKeyOr('an object like { above: 25500, for: 5s }', 'above, below, for'),
  )
  .refine((value) => (value.above === undefined) !== (value.below === undefined), {
    error: 'exactly one of above and below',
  });

/** The message for a strict object: the wrong key's if there is one, else what the whole should be. */
function unknownKeyOr(expected: string, known: string) {
  return {
    error: (issue: { code?: string | undefined }) =>
      issue.code === 'unrecognized_keys' ? unknownKey(known).error : expected,
  };
}

const triggerShape = z.strictObject(
  { index },
  unknownKeyOr('a price like 25500, or { index: { above: 25500 } }', 'index'),
);

const stepsShape = /^([+-]?\d+) ?steps?$/;
const strikeExpected = 'strike steps like "+2 steps", or an amount like +1000 or -1000';
const strike = z
  .union([z.number(), z.string()], { error: strikeExpected })
  .transform((value): StrikeTarget | null => {
    const text = String(value).trim();
    const steps = stepsShape.exec(text)?.[1];
    if (steps !== undefined) return { kind: 'steps', steps: Number(steps) };
    const amount = text.replace(/^\+/, '');
    return decimalPattern.test(amount) ? { kind: 'amount', amount } : null;
  })
  .refine((target) => target !== null && distance(target) !== 0, { error: strikeExpected, abort: true })
  .transform((target) => target as StrikeTarget);
/** Positive upwards, negative downwards, never 0; its size tells nothing but steps apart from steps. */
export const distance = (target: StrikeTarget): number =>
  target.kind === 'steps' ? target.steps : compare(target.amount, '0');

const targetShape = z.strictObject(
  { strike, expiry: z.literal('same', { error: 'same' }).default('same') },
  unknownKeyOr('a step like +1000, or { strike: +2 steps }', 'strike, expiry'),
);

const executionShape = z.strictObject(
  {
    style: z.enum(['walk', 'cross', 'rest'], { error: 'walk, cross or rest' }).default('walk'),
    every: atLeast(100, 'a duration from 100ms up, like 3s').default(3_000),
    steps: z.int({ error: 'a whole number from 1 to 100' }).min(1).max(100).default(5),
    deadline: atLeast(1_000, 'a duration from 1s up, like 2m').default(120_000),
    slippage: z
      .strictObject({ max: percent }, unknownKeyOr('an object like { max: 5% }', 'max'))
      .default({ max: '0.05' }),
  },
  unknownKeyOr('an object like { style: walk, deadline: 2m }', 'style, every, steps, deadline, slippage'),
);

const money = decimalText('an amount of settle coin, like 0 or -12.5');
const mostShape = z.union([percent.transform(shareOf), positive(mostExpected).transform(amountOf)], {
  error: mostExpected,
});

const guardsShape = z.strictObject(
  {
    netCredit: z.strictObject({ min: money }, unknownKeyOr('an object like { min: 0 }', 'min')).optional(),
    debit: z.strictObject({ max: mostShape }, unknownKeyOr('an object like { max: 50 }', 'max')).optional(),
    spread: z.strictObject({ max: percent }, unknownKeyOr('an object like { max: 20% }', 'max')).optional(),
    rolls: z
      .strictObject(
        { max: z.int({ error: 'a whole number from 1 up' }).min(1, { error: 'a whole number from 1 up' }) },
        unknownKeyOr('an object like { max: 6 }', 'max'),
      )
      .optional(),
    cooldown: duration.default(300_000),
    allowWrongWay: z.boolean({ error: 'true or false' }).default(false),
  },
  unknownKeyOr(
    'an object like { cooldown: 15m }',
    'netCredit, debit, spread, rolls, cooldown, allowWrongWay',
  ),
);

const leg2Shape = z.strictObject(
  {
    fallback: z
      .enum(['keepTrying', 'reopenLeg1', 'stayFlat'], { error: 'keepTrying, reopenLeg1 or stayFlat' })
      .default('keepTrying'),
    attempts: z
      .int({ error: 'a whole number from 1 up' })
      .min(1, { error: 'a whole number from 1 up' })
      .default(5),
  },
  unknownKeyOr('an object like { fallback: keepTrying }', 'fallback, attempts'),
);

const specShape = z.strictObject(
  {
    symbol: z
      .string({ error: 'an option symbol like BTC-31MAR23-26000-C-USDT' })
      .refine((text) => tryParseOptionSymbol(text) !== null, {
        error: 'an option symbol like BTC-31MAR23-26000-C-USDT',
      }),
    qty: z
      .union([z.literal('all'), positive('all, or a quantity like "0.3"')], {
        error: 'all, or a quantity like "0.3"',
      })
      .default('all'),
    trigger: triggerShape,
    target: targetShape,
    execution: executionShape.prefault({}),
    leg2: leg2Shape.prefault({}),
    follow: z.enum(['strike', 'fixed', 'percent'], { error: 'strike, fixed or percent' }).default('strike'),
    guards: guardsShape.prefault({}),
  },
  unknownKeyOr(
    'a task spec: an object with symbol, trigger and target',
    'symbol, qty, trigger, target, execution, leg2, follow, guards',
  ),
);

const isBare = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number';

/** Writes `trigger: 25500` and `target: +1000` out in full. A bare trigger price fires above for calls, below for puts. */
function spellOut(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const spec: Record<string, unknown> = { ...input };
  const optionType =
    typeof spec['symbol'] === 'string' ? tryParseOptionSymbol(spec['symbol'])?.optionType : undefined;
  if (isBare(spec['trigger'])) {
    spec['trigger'] = {
      index: optionType === 'put' ? { below: spec['trigger'] } : { above: spec['trigger'] },
    };
  }
  if (isBare(spec['target'])) spec['target'] = { strike: spec['target'] };
  return spec;
}

/** Calls roll up, puts roll down (design §4). */
export const rightWay = (optionType: OptionType): 1 | -1 => (optionType === 'call' ? 1 : -1);

/** A walk ends at the far touch, and has to be there before its deadline. */
const stepsWithin = ({ deadline, every }: { deadline: number; every: number }): number =>
  Math.max(Math.ceil(deadline / every) - 1, 1);

const sensible = specShape.superRefine((spec, context) => {
  if (spec.execution.style === 'walk' && spec.execution.deadline <= spec.execution.every) {
    const expected = 'longer than execution.every, so that a walk reaches the far touch';
    context.addIssue({ code: 'custom', path: ['execution', 'deadline'], message: expected });
  }
  const optionType = tryParseOptionSymbol(spec.symbol)?.optionType ?? 'call';
  const goesRightWay = distance(spec.target.strike) * rightWay(optionType) > 0;
  if (!goesRightWay && !spec.guards.allowWrongWay) {
    const expected =
      optionType === 'call'
        ? 'a step upwards for a call, like +1000 (or guards.allowWrongWay: true)'
        : 'a step downwards for a put, like -1000 (or guards.allowWrongWay: true)';
    context.addIssue({ code: 'custom', path: ['target', 'strike'], message: expected });
  }
});

/**
 * Reads a spec in short or full form.
 * @throws BadInput naming every wrong value with its path
 */
export function parseTaskSpec(input: unknown): TaskSpec {
  const spec = parseInput(sensible, spellOut(input), 'The task spec is not valid');
  const { above, below, for: holdMs = 0 } = spec.trigger.index;
  return {
    symbol: spec.symbol,
    qty: spec.qty,
    trigger: { direction: above === undefined ? 'below' : 'above', level: above ?? below ?? '', holdMs },
    target: spec.target.strike,
    execution: {
      style: spec.execution.style,
      everyMs: spec.execution.every,
      steps: Math.min(spec.execution.steps, stepsWithin(spec.execution)),
      deadlineMs: spec.execution.deadline,
      slippageMax: spec.execution.slippage.max,
    },
    leg2: { fallback: spec.leg2.fallback, attemptsMax: spec.leg2.attempts },
    follow: spec.follow,
    guards: {
      ...priceGuards(spec.guards),
      rollsMax: spec.guards.rolls?.max ?? null,
      cooldownMs: spec.guards.cooldown,
      allowWrongWay: spec.guards.allowWrongWay,
    },
  };
}

const priceGuards = ({ netCredit, debit, spread }: z.output<typeof guardsShape>): PriceGuards => ({
  ...(netCredit && { netCreditMin: netCredit.min }),
  ...(debit && { debitMax: debit.max }),
  ...(spread && { spreadMax: spread.max }),
});
