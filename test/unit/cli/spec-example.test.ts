import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { buildProgram } from '../../../src/cli/shell/program.ts';
import { readSpec } from '../../support/options.ts';

it('The spec in the help of task add is one that is accepted', async () => {
  const task = (await buildProgram()).commands.find((command) => command.name() === 'task');
  const add = task?.commands.find((command) => command.name() === 'add');
  let help = '';
  add?.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  const yaml = /^call\.yaml.*\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  expect(readSpec(parse(yaml.replace(/^ {2}/gm, '')))).toMatchObject({
    symbol: 'BTC-31MAR23-26000-C-USDT',
    rules: [
      {
        when: {
          kind: 'any',
          of: [{ direction: 'above', level: '25500', holdMs: 5_000 }, {}, { kind: 'all' }, {}, {}],
        },
        then: { target: { strike: { kind: 'steps', steps: 2 }, expiry: { kind: 'next', rung: 'weekly' } } },
      },
    ],
    rollsMax: 6,
  });
});
