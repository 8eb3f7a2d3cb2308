/**
 * A task as a form: what most tasks say, field by field, as texts. Reads it out of a spec, and says what of the spec it does not
 * show. How a change of it gets into the YAML is in yaml-form.ts. Pure.
 */

export const conditionKinds = [
  'index',
  'delta',
  'profit',
  'daysToExpiry',
  'moneyness',
  'deviations',
  'impliedVolatility',
  'theta',
  'optionMark',
  'extrinsicValue',
  'mark',
  'last',
] as const;
export type ConditionKind = (typeof conditionKinds)[number];
export type Direction = 'above' | 'below';

export interface FormCondition {
  readonly kind: ConditionKind;
  readonly direction: Direction;
  /** As written: `25500`, `0.4`, `80%`. */
  readonly level: string;
  /** `5s`; empty: at once. */
  readonly hold: string;
}

/** Fields that are one value at one place in the spec; empty where it says nothing. */
export const fieldPaths = {
  netCreditMin: ['guards', 'netCredit', 'min'],
  debitMax: ['guards', 'debit', 'max'],
  spreadMax: ['guards', 'spread', 'max'],
  rollsMax: ['guards', 'rolls', 'max'],
  rollsPerDay: ['guards', 'rolls', 'perDay'],
  cooldown: ['guards', 'cooldown'],
  maintenanceMax: ['guards', 'maintenanceMargin', 'max'],
  openInterestMin: ['guards', 'openInterest', 'min'],
  notBeforeExpiry: ['guards', 'notBeforeExpiry'],
  quietHours: ['guards', 'quietHours'],
  whenRefused: ['guards', 'whenRefused'],
  approvalTimeout: ['approval', 'timeout'],
  style: ['execution', 'style'],
  slippageMax: ['execution', 'slippage', 'max'],
  fallback: ['leg2', 'fallback'],
  follow: ['follow'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type FieldName = keyof typeof fieldPaths;
export const fieldNames = Object.keys(fieldPaths) as FieldName[];

export interface TaskForm {
  readonly symbol: string;
  readonly qty: string;
  /** How several conditions go together. */
  readonly join: 'any' | 'all';
  readonly conditions: readonly FormCondition[];
  readonly act: 'roll' | 'close';
  readonly strike: string;
  readonly expiry: string;
  readonly fields: Readonly<Record<FieldName, string>>;
}

export interface ReadForm {
  readonly form: TaskForm;
  /** Places of the spec that the form does not show: `rules`, `trigger.any.2`. They stay as they are. */
  readonly others: readonly string[];
}

export type Plain = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A number or a text as it is written; empty for anything else. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const shownKeys = new Set([
  'symbol',
  'qty',
  'trigger',
  'target',
  'guards',
  'execution',
  'approval',
  'leg2',
  'follow',
]);

/** Reads a form out of a spec as parsed YAML. What is of another shape than the form knows is listed in `others`. */
export function formOf(spec: unknown): ReadForm {
  const given = isObject(spec) ? spec : {};
  const others = Object.keys(given).filter((key) => !shownKeys.has(key));
  const trigger = triggerIn(given['trigger'], textOf(given['symbol']));
  const target = targetIn(given['target']);
  const fields = Object.fromEntries(
    fieldNames.map((name) => [name, textOf(valueAt(given, fieldPaths[name]))]),
  ) as Record<FieldName, string>;
  return {
    form: {
      symbol: textOf(given['symbol']),
      qty: textOf(given['qty']),
      ...trigger.read,
      ...target.read,
      fields,
    },
    others: [...others, ...trigger.others, ...target.others, ...unshownFields(given)],
  };
}

export function valueAt(spec: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), spec);
}

type TriggerPart = Pick<TaskForm, 'join' | 'conditions'>;

function triggerIn(
  trigger: unknown,
  symbol: string,
): { readonly read: TriggerPart; readonly others: readonly string[] } {
  if (trigger === undefined) return { read: { join: 'any', conditions: [] }, others: [] };
  if (typeof trigger === 'number' || typeof trigger === 'string') {
    const direction = directionFor(symbol);
    return {
      read: { join: 'any', conditions: [{ kind: 'index', direction, level: String(trigger), hold: '' }] },
      others: [],
    };
  }
  const join = isObject(trigger) && Array.isArray(trigger['all']) ? 'all' : 'any';
  const listed =
    isObject(trigger) && isObject(trigger) && Array.isArray(trigger[join])
      ? (trigger[join] as unknown[])
      : null;
  if (listed === null) {
    const only = conditionIn(trigger);
    return only
      ? { read: { join: 'any', conditions: [only] }, others: [] }
      : { read: { join: 'any', conditions: [] }, others: ['trigger'] };
  }
  const conditions = listed.map(conditionIn);
  // A list with something else in it is left alone as a whole: its places would not be those of the form.
  if (conditions.includes(null)) return { read: { join, conditions: [] }, others: ['trigger'] };
  return { read: { join, conditions: conditions as FormCondition[] }, others: [] };
}

/** `trigger: 25500` is above for a call, and below for a put. */
export const directionFor = (symbol: string): Direction => (/-P(-[A-Z]+)?$/.test(symbol) ? 'below' : 'above');

function conditionIn(given: unknown): FormCondition | null {
  if (!isObject(given)) return null;
  const [entry, ...more] = Object.entries(given);
  if (!entry || more.length > 0) return null;
  const [kind, bound] = entry;
  if (!conditionKinds.some((each) => each === kind) || !isObject(bound)) return null;
  const { for: hold, ...levels } = bound;
  const [level, ...others] = Object.entries(levels);
  if (!level || others.length > 0 || (level[0] !== 'above' && level[0] !== 'below')) return null;
  // A level that is still to be said is a field to be filled in.
  const isMissing = level[1] === '' || level[1] === null;
  if (!isMissing && textOf(level[1]) === '') return null;
  if (hold !== undefined && textOf(hold) === '') return null;
  return { kind: kind as ConditionKind, direction: level[0], level: textOf(level[1]), hold: textOf(hold) };
}

type TargetPart = Pick<TaskForm, 'act' | 'strike' | 'expiry'>;

function targetIn(target: unknown): { readonly read: TargetPart; readonly others: readonly string[] } {
  const nothing: TargetPart = { act: 'roll', strike: '', expiry: '' };
  if (target === undefined) return { read: nothing, others: [] };
  if (target === 'close') return { read: { ...nothing, act: 'close' }, others: [] };
  if (typeof target === 'string' || typeof target === 'number')
    return { read: { ...nothing, strike: String(target) }, others: [] };
  if (!isObject(target)) return { read: nothing, others: ['target'] };
  const { strike, expiry, ...more } = target;
  return {
    read: { act: 'roll', strike: textOf(strike), expiry: textOf(expiry) },
    others: Object.keys(more).map((key) => `target.${key}`),
  };
}

/** What is said within guards, execution and the like beside the fields. */
function unshownFields(spec: Plain): string[] {
  const known = fieldNames.map((name) => fieldPaths[name].join('.'));
  const leaves = (value: unknown, path: string): string[] =>
    isObject(value) && !known.includes(path)
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [path];
  return ['guards', 'execution', 'approval', 'leg2']
    .filter((key) => spec[key] !== undefined)
    .flatMap((key) => leaves(spec[key], key))
    .filter((path) => !known.includes(path) || textOf(valueAt(spec, path.split('.'))) === '');
}

export const emptyForm: TaskForm = formOf({}).form;
