/**
 * Reads a task's spec as it is given to `task add`, `task edit` or `task check`: a YAML or JSON file, a preset with values, or
 * the short form by options. All become plain data that `parseTaskSpec` accepts. The daemon receives that data, not its normal
 * form, and parses it again.
 */
import { parse, YAMLParseError } from 'yaml';
import { specOfPreset } from '../../application/presets.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import { BadInput, type InputIssue } from '../../domain/errors.ts';
import { parameterValue, type ParameterValue, type PresetValues } from '../../domain/spec/preset.ts';
import { parseTaskSpec } from '../../domain/spec/task-spec.ts';
import { readPresets } from '../../files/preset-files.ts';
import { readYamlFile, UnreadableYaml } from '../../files/yaml-file.ts';
import { legsOf, optionNameOf } from './leg-options.ts';

export interface SpecOptions {
  readonly spec?: string;
  readonly symbol?: string;
  /** `symbol`, `name=symbol`, with or without `:short` or `:long`; of a structure, instead of `symbol`. */
  readonly leg?: readonly string[];
  readonly trigger?: string;
  readonly target?: string;
  readonly qty?: string;
  readonly preset?: string;
  /** `name=value`, of the preset. */
  readonly set?: readonly string[];
}

/** @throws BadInput naming the file or option, the value found and what would be right */
export function readSpec(options: SpecOptions): unknown {
  if (options.preset !== undefined && options.symbol === undefined && options.leg === undefined)
    throw wrong(
      '--symbol',
      'nothing',
      'the option held, which the preset is to manage; or --leg for each of several',
    );
  const input = readSpecInput(options);
  try {
    parseTaskSpec(input, exchangeRules);
    return input;
  } catch (error) {
    throw specError(error, options);
  }
}

/** Names the file or the options that a wrong spec came from; returns any other error as it is. */
export function specError(error: unknown, { spec: file, preset }: SpecOptions): unknown {
  if (!(error instanceof BadInput) || preset !== undefined) return error;
  const [subject, rename] =
    file === undefined
      ? ['The task is not valid', optionNameOf]
      : [`The task spec ${nameOf(file)} is not valid`, (path: string) => path];
  return new BadInput(
    subject,
    error.issues.map((issue) => ({ ...issue, path: rename(issue.path) })),
  );
}

/** The spec as it was given, not checked yet. @throws BadInput when it cannot be read */
export function readSpecInput(options: SpecOptions): unknown {
  const { spec: file, symbol, leg, trigger, target, qty, preset, set } = options;
  if (preset !== undefined) return readPresetInput({ ...options, preset });
  if (set !== undefined) throw wrong('--set', 'a value without --preset', '--preset with the name of one');
  const legs = leg && legsOf(leg);
  const short = Object.fromEntries(
    Object.entries({ symbol, legs, trigger, target, qty }).filter(([, value]) => value !== undefined),
  );
  if (file === undefined) return short;
  const extra = Object.keys(short)[0];
  if (extra !== undefined) {
    throw wrong(
      optionNameOf(extra),
      'an option beside --spec',
      'everything in the file, or everything by options',
    );
  }
  return readYaml(file, '--spec');
}

function readPresetInput({
  preset,
  symbol,
  leg,
  qty,
  set,
  ...others
}: SpecOptions & { preset: string }): object {
  const extra = (['spec', 'trigger', 'target'] as const).find((name) => others[name] !== undefined);
  if (extra !== undefined)
    throw wrong(`--${extra}`, 'an option beside --preset', 'what the preset says, changed by --set');
  const use = { preset, symbol, legs: leg && legsOf(leg), qty, values: valuesOf(set ?? []) };
  return specOfPreset(readPresets(), use, exchangeRules);
}

/** @throws BadInput for anything but `name=value` */
export function valuesOf(set: readonly string[]): PresetValues {
  const values: Record<string, ParameterValue> = {};
  for (const text of set) {
    const at = text.indexOf('=');
    const value = at < 1 ? null : valueOf(text.slice(at + 1).trim());
    if (value === null)
      throw wrong('--set', JSON.stringify(text), 'a parameter and its value, like rollAtDays=14');
    values[text.slice(0, at).trim()] = value;
  }
  return values;
}

/** As a spec has it: `14`, `50%`, `[100%, 50%]`; `null` for what is no single value and no list. */
function valueOf(text: string): ParameterValue | null {
  try {
    return parameterValue.safeParse(parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof YAMLParseError) return null;
    throw error;
  }
}

/**
 * @param given the argument or option that named the file
 * @throws BadInput as `readSpec`
 */
export function readSpecFile(file: string, given = 'FILE'): unknown {
  const input = readYaml(file, given);
  try {
    parseTaskSpec(input, exchangeRules);
    return input;
  } catch (error) {
    throw specError(error, { spec: file });
  }
}

const nameOf = (file: string): string => (file === '-' ? 'from the pipe' : file);

function readYaml(file: string, given: string): unknown {
  try {
    return readYamlFile(file);
  } catch (error) {
    if (!(error instanceof UnreadableYaml)) throw error;
    const { place, unread, message } = error;
    throw unread
      ? wrong(given, `${JSON.stringify(file)} (${message})`, 'a YAML or JSON file')
      : wrong(place, message, 'valid YAML');
  }
}

const wrong = (path: string, found: string, expected: string): BadInput => {
  const issue: InputIssue = { path, found, expected };
  return new BadInput('The task spec cannot be read', [issue]);
};
