/** `rollkeeper channel list`. It never reads addresses. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listChannels } from '../../application/list-channels.ts';
import type { Channel } from '../../ports/channel-book.ts';
import { withStore } from '../shell/database.ts';
import { timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const channelListCommand = (): Command =>
  new Command('list')
    .description('Show channels, without their addresses, and how they do')
    .option('--user <name>', "only this user's")
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly user?: string }) => {
      const session = openSession(options);
      const channels = await withStore(session, (store) =>
        listChannels(operator, store, { userName: options.user }),
      );
      for (const channel of channels) session.out.record(channel);
      if (channels.length === 0) {
        session.out.say('There is no channel yet: alerts are in the log of the daemon and nowhere else.');
        session.out.next('rollkeeper channel add ntfy phone --user ann');
        return;
      }
      session.out.table(
        ['USER', 'CHANNEL', 'KIND', 'RANK', 'SENT', 'QUIET', 'DIGEST', 'WAITING', 'GIVEN UP', 'STATE'],
        channels.map((channel) => [
          channel.userName,
          channel.name,
          channel.kind,
          String(channel.rank),
          channel.isBackup
            ? 'critical, as backup'
            : `${channel.noise}${channel.noise === 'critical' ? '' : ' and more'}`,
          channel.quietHours === null ? '-' : `${channel.quietHours.from}-${channel.quietHours.until}`,
          channel.digestAt ?? '-',
          String(channel.waiting),
          String(channel.dead),
          stateOf(channel),
        ]),
      );
      for (const { name, userName, failure, failedAtMs } of channels)
        if (failure !== null && failedAtMs !== null)
          session.out.say(`\n${userName}/${name} failed last at ${timeText(failedAtMs)}: ${failure}`);
      for (const channel of channels) {
        const kinds = Object.entries(channel.overrides).map(([code, word]) => `${code} ${word}`);
        if (kinds.length > 0) session.out.say(`\n${channel.userName}/${channel.name}: ${kinds.join(', ')}`);
      }
    });

function stateOf({ isEnabled, failure, deliveredAtMs }: Channel): string {
  if (!isEnabled) return 'off';
  if (failure !== null) return 'failing: see below';
  return deliveredAtMs === null ? 'not used yet' : 'works';
}

const help = `
QUIET and DIGEST are local times of the user (rollkeeper user zone). GIVEN UP counts alerts that could not be delivered:
rollkeeper alerts --dead shows them, rollkeeper alerts retry --all sends them again.

Examples:
  rollkeeper channel list
  rollkeeper channel list --user ann --json      one JSON line per channel

Exit codes: 0 shown · 1 failed · 2 unknown user or wrong configuration`;
