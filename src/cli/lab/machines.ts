/** `rollkeeper machines`. */
import { Command, Option } from 'commander';
import type { AnyStateMachine } from 'xstate';
import { codeOf, machines, mermaidOf } from '../../drawing/drawings.ts';
import { svgOf } from '../../drawing/machine-svg.ts';
import { BadInput } from '../../domain/errors.ts';
import { createOutput } from '../shell/output.ts';
import type { CommonOptions } from '../shell/session.ts';

interface MachinesOptions extends CommonOptions {
  readonly svg?: boolean;
  readonly code?: boolean;
}

export const machinesCommand = (): Command =>
  new Command('machines')
    .description('Draw the state machines')
    .argument('[name]', `one of ${Object.keys(machines).join(', ')}; without it, all of them`)
    .option('--mermaid', 'as Mermaid diagrams (the default)')
    .addOption(new Option('--svg', 'as a picture; one machine at a time').conflicts('mermaid'))
    .addOption(new Option('--code', "as code that Stately's editor imports").conflicts(['mermaid', 'svg']))
    .addHelpText('after', help)
    .action(async (name: string | undefined, options: MachinesOptions) => {
      const out = createOutput(options.json ?? false);
      const chosen = Object.entries(machines).filter(([key]) => name === undefined || name === key);
      if (chosen.length === 0) throw wrong(name ?? '', `one of ${Object.keys(machines).join(', ')}`);
      if (options.svg === true && chosen.length > 1 && !out.json)
        throw wrong('all of them', 'one machine, because --svg draws one at a time');
      for (const [key, machine] of chosen) {
        const drawing = await drawingOf(machine, options);
        out.record({ name: key, version: machine.version ?? null, ...drawing });
        out.say(Object.values(drawing).join('').trimEnd());
      }
    });

async function drawingOf(
  machine: AnyStateMachine,
  { svg, code }: MachinesOptions,
): Promise<Readonly<Record<string, string>>> {
  if (svg === true) return { svg: await svgOf(machine) };
  if (code === true) return { code: codeOf(machine) };
  return { mermaid: mermaidOf(machine) };
}

const wrong = (found: string, expected: string): BadInput =>
  new BadInput('Nothing to draw', [{ path: 'name', found: JSON.stringify(found), expected }]);

const help = `
Examples:
  rollkeeper machines roll
  rollkeeper machines roll --svg > roll.svg   a picture for a browser
  rollkeeper machines roll --code             for Stately's editor: Import, and paste it
  rollkeeper machines --json                  one line per machine

Exit codes: 0 drawn · 2 no such machine`;
