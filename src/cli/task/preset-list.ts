/** `rollkeeper preset list`. */
import { Command } from 'commander';
import type { Preset } from '../../domain/spec/preset.ts';
import { readPresets } from '../../files/preset-files.ts';
import { createOutput } from '../shell/output.ts';
import type { CommonOptions } from '../shell/session.ts';
import { valueText } from './preset-text.ts';

export const presetListCommand = (): Command =>
  new Command('list')
    .description('List the rules that come with Rollkeeper, with their parameters')
    .addHelpText('after', help)
    .action(({ json = false }: CommonOptions) => {
      const out = createOutput(json);
      const presets = readPresets();
      for (const { name, about, source, parameters } of presets)
        out.record({ name, about, source, parameters });
      out.say(presets.map(linesOf).join('\n'));
    });

const linesOf = ({ name, about, parameters }: Preset): string =>
  [name, about, parameters.map((each) => `${each.name}=${valueText(each.default)}`).join(' ')].join('\n  ');

const help = `
A preset is a task without its option, for calls and puts alike. Its parameters have defaults; --set changes them.

Examples:
  rollkeeper preset list
  rollkeeper preset list --json

With --json: one line per preset: {"name":…,"about":…,"source":…,"parameters":[{"name":…,"default":…,"is":…}]}

Next: rollkeeper preset show NAME

Exit codes: 0 listed`;
