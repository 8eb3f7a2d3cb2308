/** What the page Machine says in English. */
import { plural } from './plural.ts';

const count = (n: number, one: string, other: string): string =>
  `${String(n)} ${plural('en', n, { one, other })}`;

export const machine = {
  title: 'Machine',
  names: { roll: 'Roll', order: 'Order', stream: 'Stream', daemon: 'Daemon' },
  which: 'Which machine',
  ofTask: 'Task whose machines are shown',
  noTask: 'No task: the charts alone',
  toTask: 'To the task',
  notRunning: 'not running',
  nowIn: (state: string) => state,
  larger: 'Larger',
  smaller: 'Smaller',
  fit: 'Fit',
  inWords: (name: string) => `${name} in words`,
  here: 'now here',
  final: 'end',
  leadsTo: 'leads to',
  taken: (times: number) => `taken ${count(times, 'time', 'times')}`,
  journal: 'Steps of the journal',
  first: 'First step',
  back: 'One step back',
  forward: 'One step forward',
  newest: 'Newest',
  play: 'Play',
  pause: 'Pause',
  stepOf: (step: number, all: number) => `step ${String(step)} of ${String(all)}`,
  following: 'following',
  earlier: 'Read earlier steps',
  time: 'Time',
  event: 'Event',
  actor: 'To',
  itself: 'the task itself',
  roll: 'Roll',
  asJournaled: (version: number) => `Step ${String(version)} as journaled`,
  emptyTitle: 'Nothing has happened yet',
  emptyText: 'The journal of this task has no step.',
  keys: 'Left and right arrows step, space plays, End follows the newest. In a chart: + and − zoom, 0 fits, Shift with arrows moves; drag, pinch, or turn the wheel with Ctrl.',
};
