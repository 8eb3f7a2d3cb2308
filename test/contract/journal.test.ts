/** Every journal there is against the promises of the port. What only the one on Postgres has is in store-journal.test.ts. */
import { FixtureJournal } from '../support/fixture-journal.ts';
import { openBacktest, openPostgres, openSimulated, openUnit } from './stores.ts';
import { cannot } from './suites/contract.ts';
import { describeJournal, type JournalFixture } from './suites/journal.ts';
import { newTaskOf } from './suites/records.ts';

const whatCannotBeStored = 'throws Terminal for a turn that cannot be stored, and stores those beside it';
const manyWaiting = 'throws Retryable when too many turns wait, and has queued nothing';
const closed = 'writes what waits before it is closed, and takes no more';
const takesAnything = {
  reason: 'memory takes any text',
  tests: [
    whatCannotBeStored,
    'stores what came before a turn that cannot be stored, and nothing of its task after it',
  ],
} as const;
const writesAtOnce = {
  reason: 'memory writes at once: nothing ever waits',
  tests: [manyWaiting, closed],
} as const;

const noneWaits = {
  reason: 'memory writes each turn as it comes: none waits behind another',
  tests: ['refuses what waits behind a refused turn, even where the version would match'],
} as const;

describeJournal('Postgres', { open: openPostgres });

describeJournal('simulated world', { open: openSimulated, skip: [takesAnything] });

describeJournal('memory of a backtest', {
  open: openBacktest,
  skip: [
    takesAnything,
    writesAtOnce,
    {
      reason: 'it keeps the newest form of a task, not its rows and alerts, and no other daemon is there',
      tests: [
        'writes turns of many tasks that come at once, each task in order and without a gap',
        'stores what waits behind a turn of the same flush after it, also where other tasks have one turn',
        'gives event and snapshot back byte for byte',
        'stores alerts of the turn with it, in their order',
        'throws Conflict once another daemon has the task, though its version is the same',
        'leaves nothing of a refused turn: no alert and no answer',
      ],
    },
    noneWaits,
  ],
});

describeJournal('memory of the runtime tests', {
  open: openUnit,
  skip: [takesAnything, writesAtOnce, noneWaits],
});

/** That of one task, as its tests keep it. */
function openFixture(): JournalFixture {
  const journal = new FixtureJournal();
  const first = newTaskOf({ accountId: '1', taskId: 'one' });
  return {
    journal,
    accountId: '1',
    make: () => Promise.resolve(),
    stored: (taskId) => {
      const { state, phase, snapshotJson, machine } = journal.records.at(-1) ?? first;
      const { version } = journal;
      return Promise.resolve({ accountId: '1', taskId, version, state, phase, snapshotJson, machine });
    },
    rows: () =>
      Promise.resolve([
        { ...first, version: 1 },
        ...journal.records.map((record) => ({ ...record, version: record.expectedVersion + 1 })),
      ]),
    alerts: () => Promise.resolve(journal.records.flatMap(({ alerts }) => alerts)),
    ask: cannot,
    answerTo: cannot,
    takeOver: cannot,
    onAwayDatabase: cannot,
  };
}

describeJournal('journal of a single task in tests', {
  open: openFixture,
  skip: [
    takesAnything,
    writesAtOnce,
    noneWaits,
    {
      reason: 'it has one task, which no daemon takes over, and no commands',
      tests: [
        'writes turns of many tasks that come at once, each task in order and without a gap',
        'stores what waits behind a turn of the same flush after it, also where other tasks have one turn',
        'answers commands with the turn that they caused, and keeps the first answer',
        'throws Conflict for a task that does not exist',
        'throws Conflict once another daemon has the task, though its version is the same',
        'leaves nothing of a refused turn: no alert and no answer',
        'refuses the one turn made on another version, and none of those beside it',
      ],
    },
  ],
});
