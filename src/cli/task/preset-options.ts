/** The options with which a preset is named instead of a file. */
import { Option } from 'commander';

export const presetOption = (): Option =>
  new Option('--preset <name>', 'a rule that comes with Rollkeeper (see: rollkeeper preset list)');

export const setOption = (): Option =>
  new Option('--set <name=value...>', 'parameters of the preset: rollAtDays=14 delta=0.20');
