/**
 * Makes a plain spec of a preset: from then on it is a task like any other. What is wrong is said of the parameter that a
 * person has set, in the words of the spec's own parser.
 */
import { BadInput, type InputIssue } from '../domain/errors.ts';
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import { nearestWord } from '../domain/nearest-word.ts';
import { fillIn, type Preset, type PresetValues } from '../domain/spec/preset.ts';
import { fullForm } from '../domain/spec/task-spec-form.ts';
import { parseTaskSpec } from '../domain/spec/task-spec.ts';

/** What a person says beside the name of a preset. */
export interface PresetUse {
  readonly preset: string;
  /** The option held; not known where a task that is managed already is edited. */
  readonly symbol?: string | undefined;
  /** Of a structure, as a spec has them. */
  readonly legs?: readonly unknown[] | undefined;
  readonly qty?: string | undefined;
  readonly values: PresetValues;
}

/** @throws BadInput with the name that may be meant */
export function findPreset(presets: readonly Preset[], name: string): Preset {
  const found = presets.find((each) => each.name === name);
  if (found) return found;
  const names = presets.map((each) => each.name);
  const nearest = nearestWord(name, names);
  throw new BadInput('There is no such preset', [
    { path: '--preset', found: JSON.stringify(name), expected: nearest ?? `one of ${names.join(', ')}` },
  ]);
}

/**
 * The spec as a person would write it, checked; without a symbol it is checked for one that the exchange could list.
 * @throws BadInput naming the preset, the parameter, the symbol or the quantity that is wrong
 */
export function specOfPreset(presets: readonly Preset[], use: PresetUse, rules: SymbolRules): object {
  const preset = findPreset(presets, use.preset);
  const { symbol, legs, qty, values } = use;
  if (preset.structure !== undefined && symbol !== undefined && legs === undefined)
    throw new BadInput(`The preset ${preset.name} is for several legs`, [
      {
        path: '--symbol',
        found: JSON.stringify(symbol),
        expected: `the legs of a ${preset.structure} instead: --leg for each`,
      },
    ]);
  const issues = unknownParameters(preset, values);
  if (issues.length > 0) throw new BadInput(`The preset ${preset.name} has no such parameter`, issues);
  const specWith = (some: PresetValues): object => ({
    ...(symbol !== undefined && { symbol }),
    ...(legs !== undefined && { legs }),
    ...(qty !== undefined && { qty }),
    ...fillIn(preset, some),
  });
  const problemsWith = (some: PresetValues): readonly InputIssue[] =>
    problemsOf({ ...positionOf(preset, use, rules), ...specWith(some) }, rules);

  const own = problemsWith({});
  if (own.length > 0)
    throw new BadInput(
      `The preset ${preset.name} cannot be used with ${legs === undefined ? 'this option' : 'these legs'}`,
      own.map((issue) => ({ ...issue, path: `--${issue.path.replace(/^legs\b.*/, 'leg')}` })),
    );
  const subject = `The preset ${preset.name} cannot be used with these values`;
  const wrong = Object.entries(values).flatMap(([name, value]) => {
    const [first] = problemsWith({ [name]: value });
    return first ? [issueOf(name, value, first)] : [];
  });
  if (wrong.length > 0) throw new BadInput(subject, wrong);
  const together = problemsWith(values);
  if (together.length > 0) throw new BadInput(subject, together);
  return specWith(values);
}

/** What the task of a use is about; an example of it where that is not said. */
function positionOf(
  { structure }: Preset,
  { symbol, legs }: Pick<PresetUse, 'symbol' | 'legs'>,
  rules: SymbolRules,
): object {
  if (symbol !== undefined || legs !== undefined) return {};
  return structure === undefined ? { symbol: rules.symbolExample } : { legs: rules.legsExamples[structure] };
}

const unknownParameters = ({ parameters }: Preset, values: PresetValues): InputIssue[] => {
  const known = parameters.map(({ name }) => name);
  return Object.keys(values)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: '--set',
      found: JSON.stringify(name),
      expected: nearestWord(name, known) ?? `one of ${known.join(', ')}`,
    }));
};

function problemsOf(spec: object, rules: SymbolRules): readonly InputIssue[] {
  try {
    parseTaskSpec(spec, rules);
    return [];
  } catch (error) {
    if (error instanceof BadInput) return error.issues;
    throw error;
  }
}

/** The place in the task is named where what is expected speaks of another one. */
const issueOf = (name: string, value: unknown, { path, expected }: InputIssue): InputIssue => ({
  path: `--set ${name}`,
  found: JSON.stringify(value),
  expected: `${expected} (for ${path})`,
});

/** A preset with the spec that it becomes, for people and programs to read. */
export interface PresetPage extends Preset {
  /** In full, for the symbol or the legs of the use, else for an example. */
  readonly spec: object;
}

/** @throws BadInput as `specOfPreset` */
export function showPreset(presets: readonly Preset[], use: PresetUse, rules: SymbolRules): PresetPage {
  const written = specOfPreset(presets, use, rules);
  const preset = findPreset(presets, use.preset);
  const spec = fullForm(parseTaskSpec({ ...positionOf(preset, use, rules), ...written }, rules));
  return { ...preset, spec };
}
