/**
 * Brings a change of the form into the YAML that a person wrote: only what changed is written, so that comments, order and
 * everything that the form does not show stay. Loaded with the page alone, because a parser of YAML is large.
 */
import { Document, isCollection, isMap, isScalar, parseDocument, Scalar } from 'yaml';
import {
  fieldNames,
  fieldPaths,
  formOf,
  isObject,
  valueAt,
  type FormCondition,
  type ReadForm,
  type TaskForm,
} from './task-form.ts';

export interface YamlFault {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export type ReadYaml =
  | { readonly kind: 'read'; readonly spec: object; readonly read: ReadForm }
  | { readonly kind: 'fault'; readonly fault: YamlFault };

const options = { schema: 'core', prettyErrors: true, strict: true } as const;
const writing = { lineWidth: 0, flowCollectionPadding: true } as const;

/** The task that a text says, and the form of it; or where the text is no YAML. */
export function readYaml(text: string): ReadYaml {
  const document = parseDocument(text, options);
  const [error] = document.errors;
  if (error) return fault(error.linePos?.[0].line ?? 1, error.message.split('\n')[0] ?? '');
  let spec: unknown;
  try {
    spec = document.toJS({ maxAliasCount: 0 }) as unknown;
  } catch (problem) {
    return fault(1, problem instanceof Error ? problem.message : String(problem));
  }
  if (spec === null || spec === undefined) return { kind: 'read', spec: {}, read: formOf({}) };
  if (!isObject(spec)) return fault(1, 'symbol: …, trigger: …, target: …');
  return { kind: 'read', spec, read: formOf(spec) };
}

const fault = (line: number, text: string): ReadYaml => ({
  kind: 'fault',
  fault: { line, text: text.replace(/ at line \d+, column \d+:?$/, '') },
});

/** The text with the form in it. @param text YAML that can be read */
export function writeForm(text: string, form: TaskForm): string {
  const document = parseDocument(text, options);
  const spec = document.toJS() as unknown;
  if (!isObject(spec)) document.contents = new Document({}).contents as typeof document.contents;
  const before = formOf(spec).form;
  putText(document, ['symbol'], { before: before.symbol, after: form.symbol });
  putText(document, ['qty'], { before: before.qty, after: form.qty });
  putTrigger(document, before, form);
  putTarget(document, before, form);
  for (const name of fieldNames)
    putField(document, fieldPaths[name], { before: before.fields[name], after: form.fields[name] });
  return document.toString(writing);
}

/** As YAML of its own. @param spec a task as plain data */
export const yamlOf = (spec: unknown): string => new Document(spec).toString(writing);

type Doc = ReturnType<typeof parseDocument>;

interface Change {
  readonly before: string;
  readonly after: string;
}

/** The node at a place, not what it stands for. */
function nodeAt(document: Doc, path: readonly (string | number)[]): unknown {
  const { contents } = document;
  // eslint-disable-next-line no-restricted-syntax -- the package's own way to say so
  return isCollection(contents) ? contents.getIn(path, true) : undefined;
}

/** Numbers are written as such where they stay what they are; everything else as text. */
function scalarOf(text: string): string | number | boolean {
  if (/^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}

function putText(document: Doc, path: readonly string[], { before, after }: Change): void {
  if (before === after) return;
  if (after === '') {
    document.deleteIn(path);
    return;
  }
  putScalar(document, path, after);
}

/** The comments at the place stay. How the former number was written (`0.40`) does not. */
function putScalar(document: Doc, path: readonly (string | number)[], text: string): void {
  const known = nodeAt(document, path);
  const fresh = new Scalar(scalarOf(text));
  if (isScalar(known)) {
    const { comment, commentBefore, spaceBefore } = known;
    Object.assign(fresh, { comment, commentBefore, spaceBefore });
  }
  document.setIn(path, fresh);
}

/** Takes what would be left empty around it along. */
function putField(document: Doc, path: readonly string[], { before, after }: Change): void {
  if (before === after) return;
  makeWay(document, path);
  putText(document, path, { before, after });
  if (after !== '') return;
  if (path[0] === 'approval') document.deleteIn(['approval']);
  for (let outer = path.slice(0, -1); outer.length > 0; outer = outer.slice(0, -1)) {
    const node = nodeAt(document, outer);
    if (isMap(node) && node.items.length === 0) document.deleteIn(outer);
  }
}

/** A place within something that is no map would not be found. */
function makeWay(document: Doc, path: readonly string[]): void {
  for (let length = 1; length < path.length; length += 1) {
    const outer = path.slice(0, length);
    if (document.hasIn(outer) && !isMap(nodeAt(document, outer))) document.deleteIn(outer);
  }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function putTrigger(document: Doc, before: TaskForm, after: TaskForm): void {
  const [was, is] = [before.conditions, after.conditions];
  if (isSame(was, is) && (before.join === after.join || is.length < 2)) return;
  if (is.length === 0) {
    document.deleteIn(['trigger']);
    return;
  }
  const isList = Array.isArray(valueAt(document.toJS(), ['trigger', before.join]));
  if (was.length === is.length && (is.length === 1 || before.join === after.join)) {
    is.forEach((condition, at) => {
      const path = isList ? ['trigger', before.join, at] : ['trigger'];
      putCondition(document, path, { was: was[at] as FormCondition, is: condition });
    });
    return;
  }
  const [only] = is;
  const written = is.length === 1 && only ? plainOf(only) : { [after.join]: is.map(plainOf) };
  document.setIn(['trigger'], document.createNode(written, { flow: is.length === 1 }));
}

interface ConditionChange {
  readonly was: FormCondition;
  readonly is: FormCondition;
}

function putCondition(document: Doc, path: readonly (string | number)[], { was, is }: ConditionChange): void {
  if (isSame(was, is)) return;
  const known = nodeAt(document, path);
  const isShort = isScalar(known);
  if (isShort && was.kind === is.kind && was.direction === is.direction && is.hold === '') {
    putScalar(document, path, is.level);
    return;
  }
  if (isShort || was.kind !== is.kind || was.direction !== is.direction) {
    document.setIn(path, document.createNode(plainOf(is), { flow: true }));
    return;
  }
  const inner = [...path, is.kind] as string[];
  putText(document, [...inner, is.direction], { before: was.level, after: is.level });
  putText(document, [...inner, 'for'], { before: was.hold, after: is.hold });
}

const plainOf = ({ kind, direction, level, hold }: FormCondition): object => ({
  [kind]: { [direction]: scalarOf(level), ...(hold !== '' && { for: scalarOf(hold) }) },
});

function putTarget(document: Doc, before: TaskForm, after: TaskForm): void {
  const same = before.act === after.act && before.strike === after.strike && before.expiry === after.expiry;
  if (same) return;
  if (after.act === 'close') {
    document.setIn(['target'], 'close');
    return;
  }
  const known = nodeAt(document, ['target']);
  if (isMap(known)) {
    putText(document, ['target', 'strike'], { before: before.strike, after: after.strike });
    putText(document, ['target', 'expiry'], { before: before.expiry, after: after.expiry });
    if (known.items.length === 0) document.deleteIn(['target']);
    return;
  }
  if (after.expiry !== '') {
    const strike = after.strike === '' ? {} : { strike: scalarOf(after.strike) };
    document.setIn(['target'], document.createNode({ ...strike, expiry: after.expiry }, { flow: true }));
    return;
  }
  if (after.strike === '') document.deleteIn(['target']);
  else putScalar(document, ['target'], after.strike);
}
