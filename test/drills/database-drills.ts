/** What a database does to a daemon: it restarts, takes no connection, has no room, is slow, is another one. */
import type { Drill } from './drill.ts';
import { takeAllConnections, type DatabaseStage } from './database-stage.ts';

const isManaged = { at: 'log', says: 'info: account is managed' } as const;
const isDropped = {
  at: 'log',
  says: 'error: every task is dropped until its account is claimed again',
} as const;

export const databaseDrills: readonly Drill<DatabaseStage>[] = [
  {
    name: 'postgres-restarted',
    title: 'Postgres is restarted',
    happens: 'The server is restarted, for an update for example. Every connection is cut.',
    sees: [{ at: 'log', says: 'error: the shards were lost' }, isDropped],
    mendsItself:
      'Within seconds after the server is back the daemon claims its accounts again, and rolls go on from their last commit.',
    mended: [isManaged],
    needsAHand: 'Nothing. Look at the server when it does not come back.',
    strike: (stage) => {
      stage.restart();
      return Promise.resolve(() => Promise.resolve());
    },
  },
  {
    name: 'postgres-out-of-connections',
    title: 'Postgres takes no more connections',
    happens:
      'Other programs hold every connection that the server allows, just when those of the daemon were cut.',
    sees: [
      isDropped,
      {
        at: 'log',
        says: 'critical: no account can be claimed by this daemon: …SQLSTATE 53300). It has no connection left: raise max_connections, or end other programs.…; it keeps trying',
      },
      { at: 'doctor', says: 'It has no connection left: raise max_connections, or end other programs.' },
    ],
    mendsItself:
      'The daemon tries every second, and claims its accounts as soon as a few connections are free.',
    mended: [{ at: 'log', says: 'info: accounts can be claimed again' }],
    needsAHand:
      'Find the programs that hold them (`SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1`) and end some, or raise `max_connections`. A daemon needs about fifteen.',
    strike: async (stage) => {
      stage.wire.mode = 'refused';
      stage.wire.cut();
      const release = await takeAllConnections(stage.fixture.database.url);
      stage.wire.mode = 'on';
      return release;
    },
  },
  {
    name: 'postgres-disk-full',
    title: 'The disk of Postgres is full',
    happens: 'Nothing can be stored any more, in the middle of a roll. The server goes on, and reads.',
    sees: [
      {
        at: 'log',
        says: 'error: the journal cannot write, … turns wait: no order is sent until the database is back (could not extend file…(SQLSTATE 53100): the disk of the server is full: make room on it)',
      },
      { at: 'ready', says: 'the journal cannot write' },
    ],
    mendsItself:
      'The roll goes on where it was as soon as there is room. Until then no order leaves, because none leaves before its decision is stored.',
    mended: [{ at: 'log', says: 'info: The journal writes again' }],
    needsAHand:
      'Make room on the disk of the server: other files, old WAL that a replication slot keeps, then [old journals](docs/operations.md#archive-old-journals). A server that has stopped over its WAL has to be started again.',
    rollsMeanwhile: true,
    strike: async (stage) => {
      const release = await stage.fillDisk();
      return release;
    },
  },
  {
    name: 'postgres-slow',
    title: 'Postgres takes seconds to commit',
    happens:
      'Each commit takes three seconds: an overloaded disk, or a standby far away that has to confirm.',
    sees: [
      {
        at: 'log',
        says: 'error: the database takes seconds to store a turn: orders are decided again and again, and none leaves, until it is quicker',
      },
      { at: 'ready', says: 'the journal is too slow for an order to leave in time' },
    ],
    mendsItself:
      'The roll goes on with fresh prices once commits take less than two seconds: an order whose decision is older than that is not sent.',
    mended: [],
    needsAHand:
      'Find out why the server is slow: its disk, a lock (`pg_stat_activity.wait_event`), `synchronous_standby_names`. Watch `rollkeeper_journal_commit_seconds`.',
    rollsMeanwhile: true,
    strike: (stage) => stage.slowCommits(3),
  },
  {
    name: 'postgres-failed-over',
    title: 'Postgres fails over to its standby',
    happens: 'Connections are cut and lead to the standby, which takes no writes yet. Then it is promoted.',
    sees: [
      isDropped,
      {
        at: 'log',
        says: 'critical: no account can be claimed by this daemon: …(SQLSTATE 25006): the server is a standby, or set read-only; connecting again may lead to the one that takes writes; it keeps trying',
      },
    ],
    mendsItself:
      'Once the standby is promoted the daemon claims its accounts there and goes on, without a restart.',
    mended: [{ at: 'log', says: 'info: accounts can be claimed again' }],
    needsAHand:
      'Nothing where the standby is synchronous. An asynchronous one may lack the last commits: halt, and compare what the tasks say with the positions at the exchange ([a restored copy](docs/operations.md#the-database) is the same case). Where the address leads to a reader for good, put `DATABASE_URL` right.',
    strike: (stage) => stage.failOver(),
  },
];
