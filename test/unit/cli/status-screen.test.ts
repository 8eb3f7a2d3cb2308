/** The status on a screen of 80 columns and 24 rows, however much there is to show. */
import { expect, test } from 'vitest';
import type { StatusView } from '../../../src/application/show-status.ts';
import type { TaskView } from '../../../src/application/task-view.ts';
import { sharesOf, statusScreen } from '../../../src/cli/watch/status-screen.ts';

const quiet: StatusView = {
  daemons: [],
  accounts: { total: 0, managed: 0, troubled: [] },
  tasks: {
    total: 0,
    byUrgency: { attention: 0, rolling: 0, waiting: 0, paused: 0, queued: 0, over: 0 },
    byState: {},
    needing: [],
    stopped: [],
  },
  today: [],
  alerts: { critical: 0, warning: 0, waiting: 0, dead: 0, newest: [] },
  halts: { everything: [], accounts: [] },
  limits: [],
};

const screenOf = (view: StatusView): string =>
  statusScreen(view, { heading: 'Rollkeeper', columns: 80, rows: 23 });

const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

const needing = many(50, (at) => ({
  taskId: `task${at}`,
  symbol: 'BTC-31MAR23-25000-C-USDT',
  state: 'FAILED',
  stuck: null,
  accountTrouble: { said: 'a long answer of the exchange '.repeat(9), sinceMs: 0 },
})) as unknown as TaskView[];

const busy: StatusView = {
  daemons: many(30, (at) => ({
    name: `daemon-${at}`,
    isThisOne: false,
    shards: 2,
    accounts: 7,
    word:
      at === 0
        ? null
        : { daemon: `daemon-${at}`, version: '1.2.3', problems: at === 1 ? ['no prices'] : [], tasksHere: 4 },
  })),
  accounts: {
    total: 210,
    managed: 200,
    troubled: many(10, (at) => ({ account: `u/${at}`, said: 'key ended' })),
  },
  tasks: {
    total: 1_000,
    byUrgency: { attention: 50, rolling: 3, waiting: 900, paused: 40, queued: 7, over: 12 },
    byState: { FAILED: 50, IDLE: 900 },
    needing,
    stopped: [],
  },
  today: [{ settleCoin: 'USDT', rolls: 3, deliveries: 1, net: '-120.5', fees: '4.25' }],
  alerts: {
    critical: 2,
    warning: 1,
    waiting: 4,
    dead: 5,
    newest: [{ atMs: 0, severity: 'critical', accountName: 'main', taskId: null, text: 'look\nnow' }],
  },
  halts: { everything: [], accounts: [] },
  limits: many(9, (at) => ({ account: `u/${at}`, limits: { rollsPerDay: 4 } })),
};

test('An installation of which there is nothing to say fits, and says so', () => {
  expect(screenOf(quiet).split('\n')).toEqual([
    'Rollkeeper',
    '',
    'Daemons   none is running',
    'Accounts  none',
    'Tasks     none',
    'Today     nothing was rolled or delivered',
    'Alerts    none',
    'Halts     none',
    'Limits    none',
  ]);
});

test('One with more than the screen holds fits too: every part has its line, and the rest is counted', () => {
  const lines = screenOf(busy).split('\n');
  expect(lines.length).toBeLessThanOrEqual(23);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  const text = lines.join('\n');
  expect(text).toMatch(/^Daemons {3}30 daemons, 2 not well\n {2}daemon-0 +\? +7 accounts +silent$/m);
  expect(text).toContain('Tasks     1000: 50 need a person, 3 rolling, 900 waiting, 40 paused, 7 queued');
  expect(text).toContain('Today     3 rolls, 1 delivery, net -120.50, fees 4.25, after fees -124.75 USDT');
  expect(text).toContain('Alerts    2 critical, 1 warning, 4 waiting for delivery, 5 given up');
  expect(text).toContain('! 01-01 00:00 main: look now');
  expect(text).toMatch(/^ {2}and \d+ more$/m);
});

test('Room is given in turns, and no more than there is', () => {
  expect(sharesOf([5, 0, 1, 9], 7)).toEqual([3, 0, 1, 3]);
  expect(sharesOf([1, 1], 9)).toEqual([1, 1]);
  expect(sharesOf([4, 4], -2)).toEqual([0, 0]);
});
