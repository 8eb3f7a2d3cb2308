/**
 * Every word that a task's spec can have, read off the shapes that read specs: keys with their places, and the words of fixed
 * lists. The same walk along a spec that is written gives the words which it uses.
 */
import type { z } from 'zod';
import { approvalParts } from '../../src/domain/spec/approval-shape.ts';
import { namedTimes } from '../../src/domain/spec/blackout-shape.ts';
import { legShape } from '../../src/domain/spec/legs-shape.ts';
import { scheduleParts } from '../../src/domain/spec/schedule-shape.ts';
import { shapesOf } from '../../src/domain/spec/task-spec.ts';
import { realisedLevel } from '../../src/domain/spec/trigger-shape.ts';
import { watchedShape } from '../../src/domain/spec/watched-shape.ts';
import { bybitRules } from '../../src/exchange/bybit/rules.ts';

type Schema = z.core.$ZodType;
/** As far as the walk looks at a definition. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly options?: readonly Schema[];
  readonly element?: Schema;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

/** Keys whose shape accepts every value and is parsed in a second step: the shapes of that step, and words that may stand there alone. */
interface ReadLater {
  readonly as: readonly Schema[];
  readonly words: readonly string[];
}
const readLater: Readonly<Record<string, ReadLater>> = {
  approval: { as: [approvalParts], words: ['none'] },
  every: { as: [scheduleParts], words: [] },
  realisedVolatility: { as: [realisedLevel], words: ['over'] },
  legs: { as: [legShape(bybitRules), watchedShape(bybitRules)], words: [] },
  notDuring: { as: [namedTimes], words: ['events'] },
};

const definitionOf = (schema: Schema): Definition => schema._zod.def;
/** All of them, not those of a value. */
const everything = Symbol('everything');

interface Place {
  readonly path: string;
  readonly value: unknown;
}

class Walk {
  readonly words = new Set<string>();
  /** An object that is read at several places has the name of the first. */
  readonly #names: Map<Schema, string>;
  readonly #seen = new Set<Schema>();

  constructor(names: Map<Schema, string>) {
    this.#names = names;
  }

  visit(schema: Schema, place: Place): void {
    const { path, value } = place;
    const { type, innerType, in: input, out, options = [], element, entries, values } = definitionOf(schema);
    if (type === 'object') this.#keys(schema, place);
    else if (type === 'array' && element) {
      const items = Array.isArray(value) ? (value as unknown[]) : [];
      for (const each of value === everything ? [everything] : items)
        this.visit(element, { path, value: each });
    } else if (type === 'union') for (const each of options) this.visit(each, place);
    else if (type === 'pipe' && input && out)
      this.visit(definitionOf(input).type === 'transform' ? out : input, place);
    else if (type === 'lazy')
      this.visit((schema as unknown as { _zod: { innerType: Schema } })._zod.innerType, place);
    else if (type === 'unknown' || type === 'record') this.#later(place);
    else if (innerType) this.visit(innerType, place);
    else for (const word of [...Object.values(entries ?? {}), ...(values ?? [])]) this.#word(word, place);
  }

  #word(word: unknown, { path, value }: Place): void {
    if (typeof word === 'string' && (value === everything || value === word))
      this.words.add(`${path}: ${word}`);
  }

  #keys(schema: Schema, { path, value }: Place): void {
    const name = this.#names.get(schema) ?? path;
    this.#names.set(schema, name);
    if (value === everything && this.#seen.has(schema)) return;
    this.#seen.add(schema);
    for (const [key, child] of Object.entries(definitionOf(schema).shape ?? {})) {
      const inside = inner(value, key);
      if (inside === undefined) continue;
      this.words.add(`${name}.${key}`);
      this.visit(child, { path: `${name}.${key}`, value: inside });
    }
  }

  #later(place: Place): void {
    const { path, value } = place;
    const key = path.split('.').at(-1) ?? '';
    const { as, words } = readLater[key] ?? { as: [], words: null };
    if (words === null)
      throw new Error(
        `the shape of ${path} accepts every value: name in readLater the shapes that it is parsed by`,
      );
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      for (const schema of as) this.visit(schema, { path, value: each });
      for (const word of words) if (inner(each, word) !== undefined) this.words.add(`${path}.${word}`);
    }
  }
}

/** What stands at a key; the key itself, where a text alone stands for it. */
function inner(value: unknown, key: string): unknown {
  if (value === everything || value === key) return value;
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

const { option, structure } = shapesOf(bybitRules);
const roots: readonly Schema[] = [...Object.values(option), ...Object.values(structure)];

const names = new Map<Schema, string>();
function wordsOf(value: unknown): ReadonlySet<string> {
  const walk = new Walk(names);
  for (const root of roots) walk.visit(root, { path: '', value });
  return walk.words;
}

/** `.trigger.delta.above`, `.execution.style: walk`. */
export const specWords = wordsOf(everything);
export const wordsIn = (spec: unknown): ReadonlySet<string> => wordsOf(spec);
