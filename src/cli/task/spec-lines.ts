/**
 * A spec in the form in which a person writes it, as YAML: in full, or on few lines for a page with other things on it. It
 * knows nothing of what is in a spec.
 */
import { stringify } from 'yaml';

/** As a file has it. */
export const specYaml = (spec: object): string => stringify(spec).trimEnd();

/** Each key, and each item of a list, on as few lines as the columns allow. */
export function specLines(spec: object, columns: number): readonly string[] {
  return Object.entries(spec).flatMap(([key, value]: [string, unknown]) =>
    Array.isArray(value)
      ? [`${key}:`, ...value.flatMap((item: unknown) => filled(`  - ${inFlow(item)}`, columns))]
      : filled(`${key}: ${inFlow(value)}`, columns),
  );
}

const inFlow = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd();

/** Broken behind commas; what goes on is indented. */
function filled(text: string, columns: number): readonly string[] {
  const indent = ' '.repeat(text.search(/[^ -]/) + 2);
  const lines: string[] = [];
  for (const part of text.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + part.length <= columns)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? part : indent + part);
  }
  return lines;
}
