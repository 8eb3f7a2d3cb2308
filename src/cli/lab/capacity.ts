/** `rollkeeper capacity`: how many tasks and rolls one daemon can handle on this machine, and which limit is reached first. */
import { Command } from 'commander';
import { withDatabase } from '../shell/database.ts';
import { openSession, type CommonOptions, type Session } from '../shell/session.ts';
import type { Calibration, Capacity } from '../../capacity/estimate.ts';

export const capacityCommand = (): Command =>
  new Command('capacity')
    .description(
      'Measure for some seconds how much this machine can handle, and name the limit reached first',
    )
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const session = openSession(options, { encryptionKey: false, makesDatabase: true });
      const { measureCapacity } = await import('../../capacity/capacity.ts');
      const { measured, capacity } = await withDatabase(session, (databaseUrl) =>
        measureCapacity(databaseUrl, session.log),
      );
      session.out.record({ ...measured, ...capacity });
      print(session, measured, capacity);
    });

function print({ out }: Session, measured: Calibration, capacity: Capacity): void {
  const { bounds, tasksMax, accountsAtOnce, secondsToArm, secondsToConnectThousandAccounts } = capacity;
  const [first] = bounds;
  out.table(
    ['MEASURED HERE', ''],
    [
      ['transitions committed a second, many tasks', count(measured.durableTurnsPerSecond)],
      ['the same, one task alone', count(measured.turnsPerSecondOfOneTask)],
      ['memory of a task that waits', `${(measured.bytesPerRestingTask / 1_000).toFixed(1)} kB`],
      ['memory this process may still take', `${(measured.freeHeapBytes / 1e9).toFixed(1)} GB`],
      ['waiting tasks armed a second at a start', count(measured.tasksArmedPerSecond)],
    ],
  );
  out.say('');
  out.table(
    ['ROLLS A SECOND', '', 'BECAUSE OF'],
    bounds.map(({ what, rollsPerSecond, why }) => [what, rollsPerSecond.toFixed(1), why]),
  );
  out.say(
    [
      '',
      `Waiting tasks: about ${count(tasksMax)}, armed in ${secondsToArm.toFixed(0)} s at a start once they are read.`,
      `Accounts: ${accountsAtOnce} rolling at full speed at once; more take turns. A thousand connect in ${(secondsToConnectThousandAccounts / 60).toFixed(0)} min.`,
      `First to bind: ${first?.what ?? 'nothing'}, at ${first?.rollsPerSecond.toFixed(1) ?? '-'} rolls a second.`,
    ].join('\n'),
  );
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');

const help = `
It creates a database of its own beside the given one, and drops it afterwards. It sends nothing to the exchange, whose
limits are those published for an account without VIP level. A roll is counted as two walks of five price steps; one that
crosses the spread at once needs a third of the requests. Tasks that are triggered by the same price share what they read,
so many together need fewer. Memory is what Node allows: NODE_OPTIONS=--max-old-space-size=8192 allows more.

Examples:
  rollkeeper capacity
  rollkeeper capacity --database-url postgres://ops:secret@db:5432/rollkeeper --json

Exit codes: 0 measured · 1 failed · 2 wrong configuration, or a database that may not be used for it`;
