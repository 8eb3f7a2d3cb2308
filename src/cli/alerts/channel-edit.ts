/** `rollkeeper channel edit`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { editChannel } from '../../application/edit-channel.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { openSession } from '../shell/session.ts';
import { settingsOf, withSettings, type SettingOptions } from './channel-options.ts';

interface Options extends SettingOptions {
  readonly on?: boolean;
  readonly off?: boolean;
}

export const channelEditCommand = (): Command =>
  withSettings(
    new Command('edit')
      .description('Change what a channel is sent, and when it is silent')
      .argument('<name>', 'the channel'),
  )
    .option('--on', 'switch it on again')
    .option('--off', 'switch it off: what waits for it is not sent')
    .addHelpText('after', help)
    .action(async (name: string, options: Options) => {
      const settings = { ...settingsOf(options), isEnabled: switchOf(options) };
      if (Object.values(settings).every((value) => value === undefined))
        throw new BadInput('Nothing is to be changed', [
          { path: '--noise, --kind, …', found: 'nothing', expected: 'at least one option' },
        ]);
      const session = openSession(options);
      const channel = await withStore(session, (store) =>
        editChannel(operator, store, { name, userName: options.user, settings }),
      );
      session.out.record(channel);
      session.out.say(`Changed channel ${channel.name} of ${channel.userName}.`);
    });

function switchOf({ on, off }: Options): boolean | undefined {
  if (on === true && off === true)
    throw new BadInput('A channel is on or off', [
      { path: '--on', found: '--on and --off', expected: 'one of them' },
    ]);
  if (on === true) return true;
  return off === true ? false : undefined;
}

const help = `
What is left out stays as it is. The address cannot be changed: add another channel, and remove this one.

Examples:
  rollkeeper channel edit phone --noise info --quiet 22:00-07:00
  rollkeeper channel edit phone --kind rolled=silent --kind notRolled=off
  rollkeeper channel edit phone --kind rolled=            as the severity has it again
  rollkeeper channel edit mail --digest none

Exit codes: 0 changed · 1 failed · 2 unknown channel or value`;
