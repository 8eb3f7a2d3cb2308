/** `rollkeeper user zone`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { setTimeZone } from '../../application/set-time-zone.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

export const userZoneCommand = (): Command =>
  new Command('zone')
    .description('Set the time zone in which a user reads alerts')
    .argument('<name>', 'the user')
    .argument('<zone>', 'a name of the IANA database, like Europe/Berlin')
    .addHelpText('after', help)
    .action(async (userName: string, timeZone: string, options: CommonOptions) => {
      const session = openSession(options);
      await withStore(session, (store) => setTimeZone(operator, store, { userName, timeZone }));
      session.out.record({ userName, timeZone });
      session.out.say(`${userName} reads times in ${timeZone}.`);
    });

const help = `
Times in alerts, quiet hours and the daily digest are in this zone. Rules of tasks stay in the zone that the task names.

Examples:
  rollkeeper user zone ann Europe/Berlin
  rollkeeper user zone ann UTC --json

Exit codes: 0 set · 1 failed · 2 unknown user or zone`;
