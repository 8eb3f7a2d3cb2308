/** `rollkeeper status`: the installation on one screen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { rememberedTasks } from '../../application/remembered-tasks.ts';
import { showStatus, type StatusView } from '../../application/show-status.ts';
import { messageOf } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { columnsOf, timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { statusScreen } from './status-screen.ts';
import { untilStopped } from './until-stopped.ts';

interface Options extends CommonOptions {
  readonly watch?: boolean;
}

const waitMs = 3_000;
const watchEveryMs = 2_000;
const usualRows = 24;
/** Home, and from there to the end cleared: less flicker than clearing the whole screen first. */
const clear = '\u001b[H\u001b[J';

export const statusCommand = (): Command =>
  new Command('status')
    .description('Show on one screen how everything stands: daemons, accounts, tasks, today, alerts, halts')
    .option('--watch', 'show it again every two seconds, until Ctrl-C')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const watches = options.watch ?? false;
      const session = openSession(options, { watches });
      const { out, config } = session;
      const show = (view: StatusView): void => {
        out.record(view);
        const heading = `Rollkeeper, mode ${config.mode}, ${timeText(Date.now())}`;
        const rows = process.stdout.isTTY ? process.stdout.rows : usualRows;
        const screen = statusScreen(view, { heading, columns: columnsOf(), rows: rows - 1 });
        if (watches && process.stdout.isTTY && !out.json) process.stdout.write(clear);
        out.say(screen);
      };
      const work = (signal: AbortSignal | null): Promise<void> =>
        withStore(session, async (store) => {
          const ports = watches ? { ...store, tasks: rememberedTasks(store.tasks) } : store;
          do {
            await showStatus(operator, ports, { waitMs }).then(show, (error: unknown) => {
              // Who watches wants to see when it comes back.
              if (signal === null) throw error;
              out.record({ away: messageOf(error) });
              out.say(`${timeText(Date.now())}: ${messageOf(error)}`);
            });
            if (signal) await sleep(watchEveryMs, undefined, { signal }).catch(() => undefined);
          } while (signal?.aborted === false);
        });
      await (watches ? untilStopped(work) : work(null));
    });

const help = `
Daemons say themselves how they stand, over the database: it needs no token, and one that does not answer within three seconds is
shown as silent. "Today" is a day of UTC by the exchange's clock, as executed, before and after fees. Alerts are those of the last
day. More than the screen holds is counted.

Examples:
  rollkeeper status
  rollkeeper status --watch
  rollkeeper status --json

With --json: {"daemons":[…],"accounts":{…},"tasks":{"total":…,"byUrgency":{…},"byState":{…},"needing":[…]},"today":[…],
"alerts":{"critical":…,"warning":…,"waiting":…,"dead":…,"newest":[…]},"halts":{…},"limits":[…]}; with --watch a line each time

Exit codes: 0 shown · 1 failed · 2 wrong configuration`;
