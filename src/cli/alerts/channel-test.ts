/** `rollkeeper channel test`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { testChannel } from '../../application/test-channel.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const channelTestCommand = (): Command =>
  new Command('test')
    .description('Send one test to a channel, and say what the receiver said')
    .argument('<name>', 'the channel')
    .option('--user <name>', 'whose channel it is (not needed while there is one user)')
    .addHelpText('after', help)
    .action(async (name: string, options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const { channel, outcome } = await withStore(session, (store) =>
        testChannel(operator, store, { name, userName: options.user }),
      );
      session.out.record({
        channelId: channel.channelId,
        name: channel.name,
        userName: channel.userName,
        outcome,
      });
      if (outcome.kind === 'delivered') {
        session.out.say(`Channel ${channel.name} of ${channel.userName} took the test.`);
        return;
      }
      session.out.say(
        `Channel ${channel.name} of ${channel.userName} did not take the test: ${outcome.said}.`,
      );
      process.exitCode = 1;
    });

const help = `
The test goes out at once, from this computer and not from the daemon: it shows whether address and receiver fit. Nothing of it is
kept.

Examples:
  rollkeeper channel test phone
  rollkeeper channel test phone --user ann --json

With --json: {"channelId":…,"name":…,"userName":…,"outcome":{"kind":"delivered"|"later"|"refused","said":…}}

Exit codes: 0 taken · 1 not taken · 2 unknown channel or wrong configuration`;
