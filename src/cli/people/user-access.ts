/** `rollkeeper user access`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { setAccess } from '../../application/user-access.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { accessText, momentAt, wholeNumber } from './people-words.ts';

interface Options extends CommonOptions {
  readonly until?: string;
  readonly days?: string;
  readonly forever?: boolean;
}

export const userAccessCommand = (): Command =>
  new Command('access')
    .description('Set when the access of a user ends')
    .argument('<name>', 'the user')
    .option('--until <date>', 'the last day, like 2027-01-31, or a moment like 2027-01-31T12:00Z')
    .option('--days <n>', 'so many days from now')
    .option('--forever', 'no end')
    .addHelpText('after', help)
    .action(async (userName: string, options: Options) => {
      const untilMs = endIn(options);
      const session = openSession(options);
      const user = await withStore(session, (store) => setAccess(operator, store, { userName, untilMs }));
      session.out.record(user);
      session.out.say(`Access of ${user.name}: ${accessText(user)}.`);
    });

const dayMs = 86_400_000;
const daysMax = 36_500;

function endIn({ until, days, forever }: Options): number | null {
  const given = [until, days, forever].filter((each) => each !== undefined);
  if (given.length !== 1)
    throw new BadInput('When does the access end?', [
      {
        path: '--until',
        found: given.length === 0 ? 'nothing' : 'several of the three',
        expected: 'one of --until DATE, --days N, --forever',
      },
    ]);
  if (until !== undefined) return momentAt('--until', until);
  if (days === undefined) return null;
  return Date.now() + Math.min(wholeNumber('--days', days), daysMax) * dayMs;
}

const help = `
A day counts to its end, in UTC. When access has ended the user sees nothing and may do nothing, by a messenger or a token, and the
tasks of their accounts stop; nothing is deleted, and with a new end everything goes on. Users of this command line have no end.

Examples:
  rollkeeper user access ann --until 2027-01-31
  rollkeeper user access ann --days 30
  rollkeeper user access ann --forever

Exit codes: 0 set · 1 failed · 2 unknown user, or no such day`;
