/** `rollkeeper machines`. */
import { Command } from 'commander';
import { machines, mermaidOf } from '../backtest/drawings.ts';
import { createOutput } from './output.ts';
import type { CommonOptions } from './session.ts';

export const machinesCommand = (): Command =>
  new Command('machines')
    .description('Draw the state machines')
    .argument('[name]', `one of ${Object.keys(machines).join(', ')}; without it all of them`)
    .option('--mermaid', 'as Mermaid diagrams (the default)')
    .addHelpText('after', help)
    .action((name: string | undefined, { json = false }: CommonOptions) => {
      const out = createOutput(json);
      for (const [key, machine] of Object.entries(machines)) {
        if (name !== undefined && name !== key) continue;
        const mermaid = mermaidOf(machine);
        out.record({ name: key, version: machine.version ?? null, mermaid });
        out.say(mermaid);
      }
    });

const help = `
Examples:
  rollkeeper machines roll
  rollkeeper machines --json                  one line per machine

Exit codes: 0 drawn`;
