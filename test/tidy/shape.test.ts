import { describe, expect, it } from 'vitest';
import { fileLengthRule, functionLengthRule, headerRule } from './rules/shape.ts';
import { codeIn, findAll } from './source.ts';

const lines = (count: number): string => 'x();\n'.repeat(count);
const complaints = (rule: typeof headerRule, text: string) => findAll(rule, [{ path: 'src/a.ts', text }]);

describe('files', () => {
  it('have at most 400 lines', () => {
    // The messages of a language are one list, which a translator reads in one piece.
    const files = codeIn('src', 'machines', 'test').filter(
      ({ path }) => !/^src\/dashboard\/messages\/..\.ts$/.test(path),
    );
    expect(findAll(fileLengthRule, files)).toEqual([]);
    expect(complaints(fileLengthRule, lines(400))).toEqual([]);
    expect(complaints(fileLengthRule, lines(401))).toEqual([
      expect.stringContaining('has 401 lines, at most 400'),
    ]);
  });

  it('open with a paragraph that says what they own', () => {
    expect(findAll(headerRule, codeIn('src', 'machines'))).toEqual([]);
    expect(complaints(headerRule, '#!/usr/bin/env node\n/** Owns x. */')).toEqual([]);
    expect(complaints(headerRule, "import 'x';")).toEqual([
      expect.stringContaining('opens without a paragraph'),
    ]);
  });
});

describe('functions', () => {
  it('have at most 70 lines', () => {
    expect(findAll(functionLengthRule, codeIn('src', 'machines'))).toEqual([]);
    expect(complaints(functionLengthRule, `function f() {\n${lines(68)}}`)).toEqual([]);
    for (const head of ['function f() {', 'const f = () => {', 'class A { f() {', 'const a = { f() {']) {
      const close = '}'.repeat(head.split('{').length - 1);
      expect(complaints(functionLengthRule, `${head}\n${lines(69)}${close}`)).toEqual([
        expect.stringContaining('src/a.ts:1 a function of 71 lines'),
      ]);
    }
  });
});
