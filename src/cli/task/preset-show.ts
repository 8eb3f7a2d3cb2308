/** `rollkeeper preset show`. */
import { Command } from 'commander';
import { showPreset } from '../../application/presets.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import { presetText, readPresets } from '../../files/preset-files.ts';
import { createOutput, renderTable } from '../shell/output.ts';
import type { CommonOptions } from '../shell/session.ts';
import { legOption, legsOf } from './leg-options.ts';
import { setOption } from './preset-options.ts';
import { valueText } from './preset-text.ts';
import { specYaml } from './spec-lines.ts';
import { valuesOf } from './task-spec-input.ts';

interface Options extends CommonOptions {
  readonly symbol?: string;
  readonly leg?: readonly string[];
  readonly set?: readonly string[];
}

export const presetShowCommand = (): Command =>
  new Command('show')
    .description('Show a preset: its file, its parameters, and the task that it becomes')
    .argument('<name>', 'the preset')
    .option('--symbol <symbol>', 'for this option; default: an example')
    .addOption(legOption('; default: an example'))
    .addOption(setOption())
    .addHelpText('after', help)
    .action((name: string, { json = false, symbol, leg, set }: Options) => {
      const out = createOutput(json);
      const use = { preset: name, symbol, legs: leg && legsOf(leg), values: valuesOf(set ?? []) };
      const page = showPreset(readPresets(), use, exchangeRules);
      const file = presetText(name);
      out.record({ ...page, file });
      const rows = page.parameters.map((each) => [each.name, valueText(each.default), each.is]);
      out.say(
        [
          file.trimEnd(),
          '',
          renderTable(['PARAMETER', 'DEFAULT', 'WHAT IT IS'], rows),
          '',
          `# ${set ? 'With these values' : 'With its defaults'}, in full:`,
          specYaml(page.spec),
        ].join('\n'),
      );
    });

const help = `
Without --symbol or --leg the task is shown for an example. The last part is what task add --spec takes.

Examples:
  rollkeeper preset show thetagang
  rollkeeper preset show half-profit --symbol BTC-31MAR23-26000-C-USDT --set profit=60% rollAtDays=14
  rollkeeper preset show strangle-pair --leg BTC-31MAR23-26000-C-USDT --leg BTC-31MAR23-21000-P-USDT
  rollkeeper preset show half-profit --json

With --json: {"name":…,"about":…,"source":…,"parameters":[…],"task":{…},"spec":{…},"file":…}

Next: rollkeeper task add --account NAME --symbol SYMBOL --preset NAME

Exit codes: 0 shown · 2 no such preset or parameter, or a wrong value`;
