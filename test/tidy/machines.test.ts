import { describe, expect, it } from 'vitest';
import { machineRule } from './rules/machines.ts';
import { codeIn, findAll } from './source.ts';

const chart = (body: string): string[] =>
  findAll(machineRule, [
    { path: 'machines/a.machine.ts', text: `export const a = setup({}).createMachine(${body});` },
  ]);

describe('machine files', () => {
  it('are inline literals that Stately can draw, without after', () => {
    const files = codeIn('machines').filter(({ path }) => path.endsWith('.machine.ts'));
    expect(findAll(machineRule, files)).toEqual([]);
  });

  it.each([
    ['{ states: { ...shared } }', 'a spread'],
    ['{ states: { [name]: {} } }', 'a computed key'],
    ['{ states: imported }', 'states refers to'],
    ['{ states: { a: { on: makeTransitions() } } }', 'on refers to'],
    ['{ states: { a: { after: { 1000: "b" } } } }', 'after: its timers'],
    ['{ states }', 'an imported value'],
    ['config', 'not an inline literal'],
  ])('may not hold %s', (body, expected) => {
    expect(chart(body)).toEqual([expect.stringContaining(expected)]);
  });

  it('may compute inside functions, which are not drawn', () => {
    expect(chart('{ context: ({ input }) => ({ ...input, [input.key]: 1 }), states: { a: {} } }')).toEqual(
      [],
    );
  });

  it('hold one chart each', () => {
    expect(findAll(machineRule, [{ path: 'machines/a.machine.ts', text: 'export const a = 1;' }])).toEqual([
      expect.stringContaining('holds 0 charts'),
    ]);
  });
});
