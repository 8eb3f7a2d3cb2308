/** How a rule is written: when it acts, what it does then, and what of guards and execution is its own. */
import { z } from 'zod';
import { compare, decimal } from '../money.ts';
import { isWhole, whole, type Action, type Portion } from '../rules/rule.ts';
import { approvalShape } from './approval-shape.ts';
import { executionShape } from './execution-shape.ts';
import { guardsShape } from './guards-shape.ts';
import { legChoiceShape } from './leg-choice.ts';
import { optionsOf, spellOutTarget, targetShape, type TargetOf } from './target-shape.ts';
import { orUnknownKey, percent, positive } from './task-spec-words.ts';
import { spellOutTrigger, triggerShape } from './trigger-shape.ts';

const portionExpected = 'all, half, a share up to 100%, like 50%, or a quantity like "0.2"';
const share = percent.refine((text) => decimal(text).greaterThan(0) && compare(text, '1') <= 0, {
  error: portionExpected,
});
const portion = z.union(
  [
    z.literal('all').transform((): Portion => whole),
    z.literal('half').transform((): Portion => ({ kind: 'share', share: '0.5' })),
    share.transform((text): Portion => ({ kind: 'share', share: text })),
    positive(portionExpected).transform((qty): Portion => ({ kind: 'amount', qty })),
  ],
  { error: portionExpected },
);

const scaleExpected = 'a list of shares up to 100%, one for each roll, like [100%, 50%]';
const actionExpected = 'close, alert, a step like +1000, { roll: { strike: +2 steps } } or { reduce: half }';
const kinds = ['roll', 'close', 'reduce', 'alert'] as const;
const actionKeys = [...kinds, 'qty', 'scale', 'legs'].join(', ');

const actionShape = z
  .strictObject(
    {
      roll: targetShape.optional(),
      close: portion.optional(),
      reduce: portion.refine((part) => !isWhole(part), { error: 'less than all, like half' }).optional(),
      alert: z.literal([true], { error: 'true' }).optional(),
      qty: portion.optional(),
      scale: z
        .array(share, { error: scaleExpected })
        .min(1, { error: scaleExpected })
        .max(100, { error: scaleExpected })
        .optional(),
      legs: legChoiceShape.optional(),
    },
    orUnknownKey(actionExpected, actionKeys),
  )
  .refine((given) => kinds.filter((kind) => given[kind] !== undefined).length === 1, {
    error: `exactly one of ${kinds.join(', ')}`,
    abort: true,
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ roll, qty, scale }) => roll !== undefined || (qty ?? scale) === undefined, {
    error: 'roll, where qty or scale say how much is opened',
    when: ({ issues }) => issues.length === 0,
  })
  .refine(({ alert, legs }) => alert === undefined || legs === undefined, {
    error: 'roll, close or reduce, where legs say what is traded',
    when: ({ issues }) => issues.length === 0,
  })
  .transform(({ roll, close, reduce, qty = whole, scale = [], legs }): Action => {
    if (roll) return { kind: 'roll', target: roll, qty, scale, ...(legs && { legs }) };
    const closed = close ?? reduce;
    return closed ? { kind: 'close', qty: closed, ...(legs && { legs }) } : { kind: 'alert' };
  });

const nameExpected = 'a name of 1 to 40 characters, like take profit';
const ruleShapes = {
  name: z
    .string({ error: nameExpected })
    .trim()
    .min(1, { error: nameExpected })
    .max(40, { error: nameExpected }),
  when: triggerShape,
  then: actionShape,
  guards: guardsShape.prefault({}),
  execution: executionShape.prefault({}),
  approval: approvalShape.optional(),
};
const ruleExpected = 'a rule like { when: { profit: { above: 50% } }, then: close }';
export const rulesMax = 20;
const rulesExpected = `a list of 1 to ${rulesMax} rules like { when: { profit: { above: 50% } }, then: close }`;

export const rulesShape = z
  .array(z.strictObject(ruleShapes, orUnknownKey(ruleExpected, Object.keys(ruleShapes).join(', '))), {
    error: rulesExpected,
  })
  .min(1, { error: rulesExpected })
  .max(rulesMax, { error: rulesExpected })
  .superRefine((rules, context) => {
    for (const [place, { name }] of rules.entries())
      if (rules.findIndex((other) => other.name === name) < place)
        context.addIssue({ code: 'custom', path: [place, 'name'], message: 'a name that no other rule has' });
  });
export type WrittenRule = z.output<typeof rulesShape>[number];

/** Names a rule by its place, and writes its trigger and its action out in full. @param at its place, from 0 */
export function spellOutRule(
  rule: unknown,
  { place, held }: { readonly place: number; readonly held: TargetOf },
): unknown {
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule)) return rule;
  const written: Record<string, unknown> = { name: defaultName(place), ...rule };
  if ('when' in written) written['when'] = spellOutWhen(written['when'], held);
  if ('then' in written) written['then'] = spellOutAction(written['then'], held);
  return written;
}

/** A price alone is above for calls and below for puts; what it is for both is to be said. */
export function spellOutWhen(trigger: unknown, held: TargetOf): unknown {
  const options = optionsOf(held);
  const isPut = options.some(({ optionType }) => optionType === 'put');
  const isPrice = typeof trigger === 'string' || typeof trigger === 'number';
  return isPrice && isPut && options.some(({ optionType }) => optionType === 'call')
    ? { index: trigger }
    : spellOutTrigger(trigger, isPut);
}

/** @param place in the list, from 0 */
export const defaultName = (place: number): string => `rule ${place + 1}`;

/** `close` → `{ close: all }`, `+1000` → `{ roll: { strike: +1000 } }`. */
function spellOutAction(action: unknown, held: TargetOf): unknown {
  if (action === 'close') return { close: 'all' };
  if (action === 'alert') return { alert: true };
  if (typeof action === 'string' || typeof action === 'number') return { roll: spellOutTarget(action, held) };
  if (typeof action !== 'object' || action === null || Array.isArray(action)) return action;
  if ('roll' in action) return { ...action, roll: spellOutTarget(action.roll, held) };
  return 'strike' in action || 'expiry' in action ? { roll: spellOutTarget(action, held) } : action;
}
