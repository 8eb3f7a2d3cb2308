/**
 * A preset: a task without its option, with `${name}` where a parameter's value goes. Owns how its file is read and how it
 * is filled in; whether the values make sense is what the spec's own parser says of the result.
 */
import { z } from 'zod';
import { parseInput } from '../bad-input.ts';
import { structureKinds, type StructureKind } from '../market/exchange-rules.ts';
import { orUnknownKey } from './task-spec-words.ts';

/** A number, a text, true or false, or a list of those: what one value of a spec can be. */
export type ParameterValue = string | number | boolean | readonly (string | number | boolean)[];

export interface PresetParameter {
  readonly name: string;
  readonly default: ParameterValue;
  /** What it is and in which unit, in a few words. */
  readonly is: string;
}

export interface Preset {
  readonly name: string;
  /** In one line. */
  readonly about: string;
  /** Where the rule is from: an address, or `practice`. */
  readonly source: string;
  readonly parameters: readonly PresetParameter[];
  /** What it is for, and shown with, when it is not for a single option. */
  readonly structure?: StructureKind;
  /** A spec without its options and quantity, with placeholders. */
  readonly task: Readonly<Record<string, unknown>>;
}

/** Values by parameter. */
export type PresetValues = Readonly<Record<string, ParameterValue>>;

const scalar = z.union([z.string().min(1), z.number(), z.boolean()]);
/** What a parameter may be set to. */
export const parameterValue: z.ZodType<ParameterValue> = z.union([scalar, z.array(scalar).min(1)]);

const text = z.string({ error: 'a text' }).trim().min(1, { error: 'a text' });
const fileShape = z.strictObject(
  {
    about: text,
    source: text,
    parameters: z.record(
      z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/),
      z.strictObject(
        { default: parameterValue, is: text },
        orUnknownKey('an object like { default: 21, is: days to expiry }', 'default, is'),
      ),
    ),
    structure: z.enum(structureKinds, { error: structureKinds.join(' or ') }).optional(),
    task: z
      .record(z.string(), z.unknown())
      .refine((task) => !['symbol', 'legs', 'qty'].some((key) => key in task), {
        error: 'a task without symbol and qty, and without legs',
      }),
  },
  orUnknownKey(
    'an object with about, source, parameters and task',
    'about, source, parameters, structure, task',
  ),
);

const placeholder = /\$\{(\w+)\}/g;

/**
 * @param name of the preset @param input its file as plain data
 * @throws BadInput for a file of another shape, also one with a placeholder that is no parameter or the other way round
 */
export function readPreset(name: string, input: unknown): Preset {
  const shape = fileShape.superRefine(({ parameters, task }, context) => {
    const used = new Set([...JSON.stringify(task).matchAll(placeholder)].map(([, each = '']) => each));
    for (const each of used)
      if (!Object.hasOwn(parameters, each))
        context.addIssue({ code: 'custom', path: ['parameters', each], message: 'a parameter of that name' });
    for (const each of Object.keys(parameters))
      if (!used.has(each))
        context.addIssue({ code: 'custom', path: ['task'], message: `a place for \${${each}}` });
  });
  const read = parseInput(shape, input, `The preset ${name} is not valid`);
  const { about, source, parameters, structure, task } = read;
  return {
    name,
    about,
    source,
    parameters: Object.entries(parameters).map(([each, { default: value, is }]) => ({
      name: each,
      default: value,
      is,
    })),
    ...(structure && { structure }),
    task,
  };
}

/** The task with these values, and the defaults of the others, in its places. */
export function fillIn({ parameters, task }: Preset, values: PresetValues): Record<string, unknown> {
  const all = new Map<string, ParameterValue>(
    parameters.map(({ name, default: usual }) => [name, values[name] ?? usual]),
  );
  return filled(task, all) as Record<string, unknown>;
}

/** A placeholder alone takes the value as it is, one within a text takes its words. */
function filled(part: unknown, values: ReadonlyMap<string, ParameterValue>): unknown {
  if (typeof part === 'string') {
    const [, alone] = /^\$\{(\w+)\}$/.exec(part) ?? [];
    if (alone !== undefined) return values.get(alone);
    return part.replace(placeholder, (_, name: string) => String(values.get(name)));
  }
  if (Array.isArray(part)) return part.map((each) => filled(each, values));
  if (typeof part !== 'object' || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, filled(each, values)]));
}
