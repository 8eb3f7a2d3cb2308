/** Reads a spec as a person wrote it, and shows it in full, as an object and as the YAML of a task file. Asks no daemon. */
import { stringify } from 'yaml';
import { fullForm } from '../domain/spec/task-spec-form.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';
import type { Ports } from './ports.ts';
import { readWritten } from './written-spec.ts';

export interface CheckedSpec {
  /** With every default in its place; reading it again gives the same. */
  readonly spec: object;
  /** The same as a task file has it. */
  readonly yaml: string;
}

/** @param given an object, or YAML as a text @throws BadInput naming each wrong value */
export function checkSpec({ rules }: Pick<Ports, 'rules'>, given: unknown): CheckedSpec {
  const spec = fullForm(parseTaskSpec(readSpec(given), rules));
  return { spec, yaml: stringify(spec).trimEnd() };
}

/** What a text says, or the value as it is. @throws BadInput when the text is no YAML */
export const readSpec = (given: unknown): unknown =>
  typeof given === 'string' ? readWritten(given, 'spec') : given;
