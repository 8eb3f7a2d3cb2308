/** Reads a spec, or a part of one, that a person wrote as a short text: YAML in one message, within bounds. */
import { parse } from 'yaml';
import { BadInput, messageOf } from '../domain/errors.ts';
import { plainText } from '../domain/foreign-text.ts';

const lengthMax = 3_500;
const depthMax = 30;

/** @param path how the text is called in an error @throws BadInput */
export function readWritten(text: string, path: string): unknown {
  const wrong = (found: string, expected: string): BadInput =>
    new BadInput('This cannot be read', [{ path, found, expected }]);
  if (text.length > lengthMax) throw wrong(`${text.length} characters`, `at most ${lengthMax}`);
  if (isDeep(text)) throw wrong('brackets within brackets within brackets', `at most ${depthMax} levels`);
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, prettyErrors: false, schema: 'core' });
    return value;
  } catch (error) {
    const said = plainText(messageOf(error).split(' at line ')[0] ?? '', 120);
    throw wrong(JSON.stringify(plainText(text, 60)), `YAML as in a task file (${said})`);
  }
}

function isDeep(text: string): boolean {
  let [open, deepest] = [0, 0];
  for (const letter of text) {
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, (open += 1));
    else if (letter === ']' || letter === '}') open -= 1;
  }
  return deepest > depthMax || /^[ \t]{200}/m.test(text) || /(?:[-?:][ \t]+){31}/.test(text);
}
