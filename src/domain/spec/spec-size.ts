/** A spec that is far beyond any real one is refused before its parts are looked at, because reading them would hold the process up for a second. */
import { BadInput } from '../errors.ts';

/** Keys and entries of lists, at any depth; the longest of our examples has about a hundred. */
const valuesMax = 2_000;
const depthMax = 30;

/** @param input as it was parsed from JSON or YAML @throws BadInput */
export function assertSize(input: unknown): void {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: input, depth: 0 }];
  let values = 0;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    const parts: unknown[] = Object.values(value);
    values += parts.length;
    if (values > valuesMax) throw tooLarge(`more than ${valuesMax} values`, `at most ${valuesMax} values`);
    if (depth > depthMax) throw tooLarge(`values within values, ${depth} deep`, `at most ${depthMax}`);
    for (const part of parts) left.push({ value: part, depth: depth + 1 });
  }
}

const tooLarge = (found: string, expected: string): BadInput =>
  new BadInput('The task spec is not valid', [{ path: 'spec', found, expected }]);
