/** `rollkeeper channel add`. */
import { Command } from 'commander';
import { addChannel } from '../../application/add-channel.ts';
import { operator } from '../../application/caller.ts';
import { withStore } from '../shell/database.ts';
import { openSession } from '../shell/session.ts';
import { shellWord } from '../shell/shell-word.ts';
import { readChannelAddress } from './channel-input.ts';
import { settingsOf, withSettings, type SettingOptions } from './channel-options.ts';

interface Options extends SettingOptions {
  readonly addressFile?: string;
}

export const channelAddCommand = (): Command =>
  withSettings(
    new Command('add')
      .description('Add a channel: where a user receives alerts')
      .argument('<kind>', 'webhook, ntfy, slack, discord, apprise, email or telegram')
      .argument('<name>', "a name none of the user's other channels has")
      .option('--address-file <file>', 'file with the address, and its secret in a second line; - is a pipe'),
  )
    .addHelpText('after', help)
    .action(async (kind: string, name: string, options: Options) => {
      const session = openSession(options);
      const given = await readChannelAddress(kind, options.addressFile);
      const wanted = { userName: options.user, name, kind, given, settings: settingsOf(options) };
      const added = await withStore(session, async (store) => {
        await store.keys.assertOpenable();
        return addChannel(operator, store, wanted);
      });
      const { channelId, userName, madeSecret } = added;
      session.out.record({ channelId, name, userName, kind, secret: madeSecret });
      session.out.say(`Added channel ${name} of ${userName} (${added.kind}).`);
      if (madeSecret !== null)
        session.out.say(
          `Its secret is shown this once, for the receiver to verify signatures: ${madeSecret}`,
        );
      session.out.next(`rollkeeper channel test ${shellWord(name)} --user ${shellWord(userName)}`);
    });

const help = `
The address is never an argument: it comes from --address-file, from a pipe, or from a prompt that does not show it. It is stored
encrypted with ENCRYPTION_KEY and never shown again. A second line is the secret of a webhook (whsec_…; one is made if there is
none), the token of an ntfy server, the tag of an Apprise configuration, or the topic of a Telegram group.
A channel receives alerts of every account that its user sees, from now on. Addresses are public and https, unless the operator
permits others in ALERTS_PRIVATE_ADDRESSES.

Examples:
  rollkeeper channel add ntfy phone --user ann
  echo https://example.com/hooks/rolls | rollkeeper channel add webhook desk --noise info
  rollkeeper channel add email mail --address-file mail.txt --backup --digest 08:00

Next: rollkeeper channel test NAME

With --json: {"channelId":…,"name":…,"userName":…,"kind":…,"secret":…}; secret is null unless one was made

Exit codes: 0 added · 1 failed · 2 unknown user or kind, name taken, or an address that cannot be used`;
