/** `rollkeeper channel remove`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { removeChannel } from '../../application/remove-channel.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const channelRemoveCommand = (): Command =>
  new Command('remove')
    .description('Remove a channel: its address is forgotten, and what waits for it is not sent')
    .argument('<name>', 'the channel')
    .option('--user <name>', 'whose channel it is (not needed while there is one user)')
    .addHelpText('after', help)
    .action(async (name: string, options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const channel = await withStore(session, (store) =>
        removeChannel(operator, store, { name, userName: options.user }),
      );
      session.out.record({ channelId: channel.channelId, name: channel.name, userName: channel.userName });
      session.out.say(
        `Removed channel ${channel.name} of ${channel.userName}${channel.waiting > 0 ? `; ${channel.waiting} alerts that waited for it are not sent` : ''}.`,
      );
    });

const help = `
Examples:
  rollkeeper channel remove phone
  rollkeeper channel remove phone --user ann --json

Exit codes: 0 removed · 1 failed · 2 unknown channel`;
