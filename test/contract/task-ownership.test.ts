/** Every ownership of tasks there is against the promises of the port. What only Postgres has is in store-ownership.test.ts. */
import { openBacktest, openPostgres, openSimulated, openUnit } from './stores.ts';
import { describeTaskOwnership } from './suites/task-ownership.ts';

const unstorable = {
  reason: 'memory takes any text',
  tests: ['refuses a task that cannot be stored'],
} as const;
const severalDaemons = [
  'gives an account to one daemon at a time, and to the next one when the first lets go',
  'gives every daemon its fair share: one that joins gets some, one that leaves leaves its own',
  'lets another daemon have a shard that is given back; one that is not held is no matter',
  'gives no more to a daemon that has resigned nor counts it, and leaves it what it holds',
  'counts a daemon once however often it claims, and not one that only reads',
  'leaves an account to a daemon that can manage it, and with the last one when no daemon can',
  'fences the former owner when another daemon adopts',
] as const;
const sessions = [
  'reports once that its session is lost, and refuses to act until it claims again',
  'holds nothing more after everything was released, and may claim again',
] as const;

describeTaskOwnership('Postgres', { open: openPostgres });

describeTaskOwnership('simulated world', {
  open: openSimulated,
  skip: [
    unstorable,
    {
      reason: 'its daemons manage every account they claim, and what they note is not kept',
      tests: ['leaves an account to a daemon that can manage it, and with the last one when no daemon can'],
    },
  ],
});

describeTaskOwnership('memory of a backtest', {
  open: openBacktest,
  skip: [
    unstorable,
    { reason: 'a backtest is one daemon with one account from beginning to end', tests: severalDaemons },
    {
      reason: 'a backtest has the one account that it was made for',
      tests: [
        'gives a daemon that is alone every account, and the same again when it claims again',
        'gives what was added later when it is claimed again',
        'adopts no task of another account',
        'refuses an id that is taken, by this account or another, and changes nothing',
      ],
    },
    { reason: 'there is no session to lose or to end', tests: sessions },
    {
      reason: 'a backtest begins with no task and adopts none',
      tests: [
        'adopts every task that is not over, those under way first',
        'begins with an empty batch when no roll is under way',
        'raises the version of a task with a roll under way, so that a turn made before is refused',
        'only reads a task in which nothing is under way, and goes on with it',
        'journals the adoption of a roll in a row of its own, and keeps the snapshot byte for byte',
        'leaves a roll alone that was adopted under way and has ended before the waiting tasks come',
        'finds a roll that began after the rolls under way were taken over',
      ],
    },
    {
      reason: 'it keeps the newest form of a task, not its rows',
      tests: ['creates a task at version 1 with its first row, and answers the command that asked for it'],
    },
  ],
});

describeTaskOwnership('memory of the runtime tests', {
  open: openUnit,
  skip: [
    unstorable,
    { reason: 'it has the side of one daemon; a test does what another one would do', tests: severalDaemons },
    { reason: 'there is no session to lose or to end', tests: sessions },
    {
      reason: 'it keeps records of turns, not of adoptions',
      tests: ['journals the adoption of a roll in a row of its own, and keeps the snapshot byte for byte'],
    },
  ],
});
