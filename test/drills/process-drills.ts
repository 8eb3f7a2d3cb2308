/** What becomes of the daemon's own process, and of the rows that it reads. */
import { connect, type Socket } from 'node:net';
import { putSymbol } from '../support/daemon-fixture.ts';
import type { Drill } from './drill.ts';
import type { ProcessStage } from './process-stage.ts';

const pause = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));
const isDropped = {
  at: 'log',
  says: 'error: every task is dropped until its account is claimed again',
} as const;
const isManaged = { at: 'log', says: 'info: account is managed' } as const;

const pricesAtOnce = 10;
const watchersTotal = 20;
/** Fewer than it has open already. */
const filesFew = 20;

export const processDrills: readonly Drill<ProcessStage>[] = [
  {
    name: 'poisoned-row',
    title: 'A row of a task cannot be read',
    happens:
      'What is stored of one task was changed by hand or by another program, and does not parse. The daemon reads it when it claims the account again.',
    sees: [
      {
        at: 'log',
        says: 'critical: Task … of account fixture-key-… is set aside, nothing watches it: what is stored of task … cannot be read: it has no children. Its position and its orders stay as they are; the other tasks go on.',
      },
      isManaged,
      { at: 'alert', says: 'critical: Task … of account fixture-key-… is set aside, nothing watches it: …' },
      {
        at: 'status',
        says: '! BTC-31MAR23-22000-P-USDT (…): it is set aside, what is stored',
      },
    ],
    mendsItself:
      'Every other task goes on, also those of the same account. The task itself is tried again every ten seconds and goes on once its row can be read.',
    mended: [{ at: 'alert', says: 'info: Task … of account fixture-key-… is managed again.' }],
    needsAHand:
      'Look after its position yourself meanwhile. `rollkeeper journal verify` names the first row that was changed, and the last good snapshot is in `journal`; put it back into `tasks`, or restore a backup beside and export the task from there. A row that a newer program wrote needs that program.',
    strike: async (stage) => {
      const accountId = stage.fixture.accountIds[stage.accountOf('poisoned-row')] ?? '';
      const taskId = await stage.fixture.addTask(
        { symbol: putSymbol, trigger: 1_000, target: '-1000' },
        accountId,
      );
      await stage.sql(`UPDATE tasks SET snapshot = '{"status":"active"}' WHERE id = $1`, [taskId]);
      await stage.endSessions('rollkeeper shards');
      return async () => {
        await stage.sql(
          `UPDATE tasks SET snapshot = (SELECT snapshot FROM journal WHERE task_id = $1 ORDER BY version LIMIT 1) WHERE id = $1`,
          [taskId],
        );
      };
    },
  },
  {
    name: 'too-few-files',
    title: 'The daemon may open no more files',
    happens:
      'The limit of open files of its process is reached, just when its database connections were cut.',
    sees: [
      isDropped,
      {
        at: 'log',
        says: 'critical: no account can be claimed by this daemon: …EMFILE…This process may open no more files: raise its limit (LimitNOFILE of its service, ulimit -n).; it keeps trying',
      },
    ],
    mendsItself: 'It tries every second, and claims its accounts once it may open files again.',
    mended: [isManaged],
    needsAHand:
      'Raise the limit: `LimitNOFILE` of the service, `ulimit -n`, or for the running process `prlimit --nofile`. Each account takes two or three, each page that is open one. `rollkeeper doctor` warns below 4,096.',
    strike: async (stage) => {
      const release = await stage.limitFiles(filesFew);
      await stage.endSessions('rollkeeper');
      return release;
    },
  },
  {
    name: 'daemon-suspended',
    title: 'The daemon stands still',
    happens:
      'Its process is stopped (SIGSTOP, a suspended machine) for longer than its session may be silent, and goes on.',
    sees: [{ at: 'log', says: 'error: the shards were lost' }, isDropped],
    mendsItself:
      'After twelve seconds of silence the server ends its session, and another daemon takes over. When it goes on it drops every task and claims its share again; an order that it had decided before is too old and not sent.',
    mended: [isManaged],
    needsAHand:
      'Nothing. With a single daemon nothing is watched meanwhile: `HEARTBEAT_URL` tells you. Find out what stopped it: a suspended machine, swapping, a debugger.',
    strike: async (stage) => {
      stage.signal('SIGSTOP');
      const holds = () =>
        stage.sql(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'rollkeeper shards%'`,
        );
      while ((await holds()).length > 0) await pause(200);
      stage.signal('SIGCONT');
      return () => Promise.resolve();
    },
  },
  {
    name: 'flood',
    title: 'More comes in than can be stored or read',
    happens:
      'Prices come by the thousand, twenty pages do not read what they are sent, and another program has locked the journal, while a roll is asked for in a daemon with a heap of 160 MB.',
    sees: [
      {
        at: 'log',
        says: 'error: the database takes seconds to store a turn: orders are decided again and again, and none leaves, until it is quicker',
      },
    ],
    mendsItself:
      'Nothing piles up: of prices only the newest counts, pages get what has changed since they read last, and turns wait up to a bound. The roll goes on when the journal is free.',
    mended: [],
    needsAHand:
      'End what holds the lock (`pg_blocking_pids`). A daemon that is killed for its memory continues from its last commit; give it more, or the accounts to several daemons.',
    rollsMeanwhile: true,
    strike: async (stage) => {
      const { url, token } = await stage.api();
      const { hostname, port } = new URL(url);
      const watchers = Array.from({ length: watchersTotal }, () =>
        deafWatcher(hostname, Number(port), token),
      );
      const { paper } = stage.fixture;
      let price = 23_500;
      const flood = setInterval(() => {
        for (let at = 0; at < pricesAtOnce; at += 1) paper.setIndex('BTC', (price += 0.01).toFixed(2));
      }, 5);
      const unlock = await stage.lockJournal();
      return async () => {
        clearInterval(flood);
        await unlock();
        for (const watcher of watchers) watcher.destroy();
        paper.setIndex('BTC', '23500');
      };
    },
  },
];

/** Asks for the events and never reads one. */
function deafWatcher(host: string, port: number, token: string): Socket {
  const socket = connect(port, host);
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(
    `GET /api/events HTTP/1.1\r\nHost: ${host}:${String(port)}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
  );
  return socket;
}
