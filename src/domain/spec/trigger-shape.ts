/**
 * How a trigger is written: a price, one condition, or `any` / `all` of several, nested as deep as one likes. Of a structure a
 * condition may name a leg, beside it; whether there is such a leg is leg-nonsense.ts' to say.
 */
import { z } from 'zod';
import { everyShape } from './schedule-shape.ts';
import {
  amount,
  decimalText,
  duration,
  hourOfDay,
  orUnknownKey,
  positive,
  price,
  reportIn,
  signedPercent,
} from './task-spec-words.ts';
import { isPositive } from '../money.ts';
import { volatilityDays, type Condition, type ConditionKind, type Trigger } from '../rules/triggers.ts';

/** Of what has a fault already, one is enough. */
const onlyWhenSound = { when: ({ issues }: { issues: readonly unknown[] }) => issues.length === 0 };
const exactlyOne = { error: 'exactly one of above and below', ...onlyWhenSound };

/** A level, of which kind it is beside it where one word is written for two kinds. */
type Level = string | { readonly kind: ConditionKind; readonly level: string };

/** `{ above: …, for: … }` or `{ below: …, for: … }`. */
const level = <Value extends z.ZodType<Level>>(kind: ConditionKind, value: Value, example: string) =>
  z
    .strictObject(
      { above: value.optional(), below: value.optional(), for: duration.optional() },
      orUnknownKey(
        `an object like { ${example} }`,
        `above, below, for${kind === 'realisedVolatility' ? ', over' : ''}`,
      ),
    )
    .refine((given) => (given.above === undefined) !== (given.below === undefined), exactlyOne)
    .transform((given): Condition => {
      const { above, below, for: holdMs = 0 } = given as { above?: Level; below?: Level; for?: number };
      const written = above ?? below ?? '';
      return {
        kind: typeof written === 'string' ? kind : written.kind,
        direction: above === undefined ? 'below' : 'above',
        level: typeof written === 'string' ? written : written.level,
        holdMs,
      };
    });

const deltaExpected = 'a delta between 0 and 1, like 0.45';
const delta = positive(deltaExpected).refine((text) => Number(text) < 1, { error: deltaExpected });
const share = signedPercent('a percentage like 80% or -1%');
const amountPerDay = decimalText('what a unit loses in a day, in settle coin, like 12');
const volatilityExpected = 'a yearly volatility like 60%';
const volatility = signedPercent(volatilityExpected).refine(isPositive, { error: volatilityExpected });
const rankExpected = 'a rank from 0% to 100%, like 50%';
const rank = signedPercent(rankExpected).refine((text) => Number(text) >= 0 && Number(text) <= 1, {
  error: rankExpected,
});
const extrinsicExpected = 'an amount per unit, like 20, or a share of the premium, like 10%';
const extrinsic = z.union(
  [
    signedPercent(extrinsicExpected).transform(
      (share) => ({ kind: 'extrinsicShare', level: share }) as const,
    ),
    decimalText(extrinsicExpected),
  ],
  { error: extrinsicExpected },
);
const days = decimalText('a number of days, like 2').refine(
  (text) => !text.startsWith('-') && Number(text) <= 3_660,
  { error: 'a number of days from 0 to 3660, like 2' },
);

/** An extrinsic value is written alike whether it is an amount or a share. */
type ConditionWord = Exclude<ConditionKind, 'extrinsicShare'>;

const periods = volatilityDays.map((days) => `${days}d`);
/** Without `over`. */
export const realisedLevel = level('realisedVolatility', volatility, 'above: 60%, over: 30d');
const realised = z
  .record(z.string(), z.unknown(), { error: 'an object like { above: 60%, over: 30d }' })
  .transform(({ over = '30d', ...rest }, context): Condition => {
    const overDays = volatilityDays.find((each) => `${each}d` === over);
    if (overDays === undefined)
      context.addIssue({ code: 'custom', path: ['over'], message: `one of ${periods.join(', ')}` });
    const read = realisedLevel.safeParse(rest);
    if (!read.success) reportIn(context, read.error, []);
    return read.success && overDays !== undefined ? { ...read.data, overDays } : z.NEVER;
  });

const conditions = {
  index: level('index', price, 'above: 25500, for: 5s'),
  mark: level('mark', price, 'above: 25500, for: 5s'),
  last: level('last', price, 'above: 25500, for: 5s'),
  delta: level('delta', delta, 'above: 0.45'),
  theta: level('theta', amountPerDay, 'above: 12'),
  impliedVolatility: level('impliedVolatility', volatility, 'above: 60%'),
  impliedVolatilityRank: level('impliedVolatilityRank', rank, 'above: 50%'),
  realisedVolatility: realised,
  optionMark: level(
    'optionMark',
    amount.refine((text) => !text.startsWith('-'), { error: 'a price like 50' }),
    'below: 50',
  ),
  extrinsicValue: level('extrinsicValue', extrinsic, 'below: 20'),
  profit: level('profit', share, 'above: 80%'),
  moneyness: level('moneyness', share, 'above: -1%'),
  deviations: level('deviations', decimalText('a number of standard deviations, like 1 or -0.5'), 'below: 1'),
  daysToExpiry: z
    .strictObject({ below: days }, orUnknownKey('an object like { below: 2 }', 'below'))
    .transform(({ below }): Condition => ({
      kind: 'daysToExpiry',
      direction: 'below',
      level: below,
      holdMs: 0,
    })),
  expiryDay: z
    .strictObject(
      { after: hourOfDay('an hour in UTC like 06:30') },
      orUnknownKey('an object like { after: 06:30 }', 'after'),
    )
    .transform(({ after }): Condition => ({
      kind: 'expiryDay',
      direction: 'above',
      level: String(after),
      holdMs: 0,
    })),
  every: everyShape,
} satisfies Record<ConditionWord, z.ZodType<Condition>>;

const expected = 'a price like 25500, or a condition like { index: { above: 25500 } }';
const partExpected =
  'a list of conditions like [ { index: { above: 25500 } }, { daysToExpiry: { below: 2 } } ]';
const legExpected = 'the name of a leg, tested or untested';
const known = [...Object.keys(conditions), 'any', 'all'].join(', ');

const optionalConditions = Object.fromEntries(
  Object.entries<z.ZodType<Condition>>(conditions).map(([kind, shape]) => [kind, shape.optional()]),
) as Record<ConditionWord, z.ZodOptional<z.ZodType<Condition>>>;

export const triggerShape: z.ZodType<Trigger> = z.lazy(() =>
  z
    .strictObject(
      {
        ...optionalConditions,
        any: parts.optional(),
        all: parts.optional(),
        leg: z.string({ error: legExpected }).trim().min(1, { error: legExpected }).optional(),
      },
      orUnknownKey(expected, known),
    )
    .refine(({ leg: _leg, ...given }) => Object.keys(given).length === 1, {
      error: `exactly one of ${known}`,
      abort: true,
      ...onlyWhenSound,
    })
    .refine(({ leg, any, all }) => leg === undefined || (any ?? all) === undefined, {
      error: 'beside each condition of its own: those of any and all may speak of several legs',
      path: ['leg'],
      ...onlyWhenSound,
    })
    .transform(({ leg, any, all, ...one }): Trigger => {
      if (any) return { kind: 'any', of: any };
      if (all) return { kind: 'all', of: all };
      const condition = Object.values(one)[0] as Condition;
      return leg === undefined ? condition : { ...condition, leg };
    }),
);
/** A part that is wrong in itself is missing, and what is wrong is said; the rest of a spec is looked at without it. */
const parts = z
  .array(triggerShape, { error: partExpected })
  .min(1, { error: partExpected })
  .transform((given) => given.filter((part: Trigger | undefined) => part !== undefined));

/** `25500` → `{ index: { above: 25500 } }`; below for a put. */
export const spellOutTrigger = (trigger: unknown, isPut: boolean): unknown =>
  typeof trigger === 'string' || typeof trigger === 'number'
    ? { index: isPut ? { below: trigger } : { above: trigger } }
    : trigger;
