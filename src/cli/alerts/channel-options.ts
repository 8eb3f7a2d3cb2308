/** The options that set a channel, for `channel add` and `channel edit`. */
import type { Command } from 'commander';
import type { GivenSettings } from '../../application/channel-settings.ts';
import type { CommonOptions } from '../shell/session.ts';

export interface SettingOptions extends CommonOptions {
  readonly user?: string;
  readonly noise?: string;
  readonly kind?: readonly string[];
  readonly quiet?: string;
  readonly digest?: string;
  readonly rank?: string;
  readonly backup?: boolean;
}

const gathered = (value: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  value,
];

export const withSettings = (command: Command): Command =>
  command
    .option('--user <name>', 'whose channel it is (not needed while there is one user)')
    .option('--noise <severity>', 'the least that is sent: critical, warning or info (usually warning)')
    .option(
      '--kind <code=word>',
      'one kind of alert: on, silent or off, whatever its severity; may be repeated',
      gathered,
    )
    .option(
      '--quiet <from-until>',
      'when only critical alerts make a sound, local time: 22:00-07:00, or none',
    )
    .option('--digest <time>', 'a daily digest at this local time: 08:00, or none')
    .option('--rank <number>', 'order among the channels of the user, 1 is first')
    .option('--backup', 'only for critical alerts that no other channel could deliver')
    .option('--no-backup', 'for everything again');

export const settingsOf = (options: SettingOptions): GivenSettings => ({
  noise: options.noise,
  overrides: options.kind,
  quiet: options.quiet,
  digest: options.digest,
  rank: options.rank,
  isBackup: options.backup,
});
