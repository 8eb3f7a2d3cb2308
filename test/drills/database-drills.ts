/** What a database does to a daemon: it restarts, takes no connection, has no room, is slow, is another one. */
import type { Drill } from './drill.ts';
import { takeAllConnections, type DatabaseStage } from './database-stage.ts';

const nothing = (): Promise<void> => Promise.resolve();

export const databaseDrills: readonly Drill<DatabaseStage>[] = [
  {
    name: 'postgres-restarted',
    title: 'Postgres is restarted',
    happens: 'The server is restarted, for an update for example; every connection is cut.',
    sees: [
      { at: 'log', says: 'error: the shards were lost' },
      { at: 'log', says: 'error: every task is dropped until its account is claimed again' },
    ],
    mendsItself: 'Within seconds of the server’s return the daemon claims its accounts again, and rolls go on from their last commit.',
    mended: [{ at: 'log', says: 'info: account is managed' }],
    needsAHand: 'Nothing, where the server comes back. Look at the server when it does not.',
    strike: (stage) => {
      stage.restart();
      return Promise.resolve(nothing);
    },
  },
  {
    name: 'postgres-out-of-connections',
    title: 'Postgres takes no more connections',
    happens: 'Other programs hold every connection that the server allows, and those of the daemon were cut.',
    sees: [
      { at: 'log', says: 'error: the shards were lost' },
      { at: 'log', says: 'XXX' },
    ],
    mendsItself: 'As soon as connections are free the daemon claims its accounts again.',
    mended: [{ at: 'log', says: 'info: account is managed' }],
    needsAHand: 'Find who holds them.',
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
    happens: 'x',
    sees: [
      { at: 'log', says: 'error: the journal cannot write, … turns wait: no order is sent until the database is back' },
      { at: 'ready', says: 'the journal cannot write' },
      { at: 'log', says: 'XXX' },
    ],
    mendsItself: 'As',
    mended: [{ at: 'log', says: 'info: The journal writes again' }],
    needsAHand: 'Find who holds them.',
    rollsMeanwhile: true,
    strike: (stage) => stage.fillDisk(),
  },
  {
    name: 'postgres-slow',
    title: 'slow',
    happens: 'x',
    sees: [
      { at: 'log', says: 'XXX' },
    ],
    mendsItself: 'As',
    mended: [],
    needsAHand: 'Find who holds them.',
    rollsMeanwhile: true,
    strike: (stage) => stage.slowCommits(3),
  },
  {
    name: 'postgres-failed-over',
    title: 'Postgres fails over',
    happens: 'x',
    sees: [
      { at: 'log', says: 'XXX' },
    ],
    mendsItself: 'As',
    mended: [{ at: 'log', says: 'info: account is managed' }],
    needsAHand: 'Find who holds them.',
    strike: (stage) => stage.failOver(),
  },
];
