/** `rollkeeper alerts retry`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { retryAlerts } from '../../application/retry-alerts.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const alertsRetryCommand = (): Command =>
  new Command('retry')
    .description('Send alerts again that were given up')
    .argument('[ids...]', 'the ids of rollkeeper alerts --dead')
    .option('--all', 'all of them')
    .addHelpText('after', help)
    .action(async (ids: readonly string[], options: CommonOptions & { readonly all?: boolean }) => {
      if (ids.length > 0 === (options.all === true))
        throw new BadInput('It is not clear what is to be sent again', [
          { path: 'ids', found: ids.length > 0 ? 'ids and --all' : 'nothing', expected: 'ids, or --all' },
        ]);
      const session = openSession(options);
      const sent = await withStore(session, (store) =>
        retryAlerts(operator, store, { deliveryIds: options.all === true ? undefined : ids }),
      );
      session.out.record({ sentAgain: sent });
      const left = ids.filter((id) => !sent.includes(id));
      session.out.say(sent.length === 0 ? 'Nothing is sent again.' : `Sent again: ${sent.length}.`);
      if (left.length > 0) {
        session.out.say(`Not given up, or their channel is gone or off: ${left.join(', ')}.`);
        process.exitCode = 1;
      }
    });

const help = `
The running daemon sends them, from the first attempt on. Without a daemon they wait for the next one.

Examples:
  rollkeeper alerts retry --all
  rollkeeper alerts retry 17 18 --json

With --json: {"sentAgain":["17","18"]}

Exit codes: 0 sent again · 1 failed, or some cannot be sent again · 2 no ids`;
