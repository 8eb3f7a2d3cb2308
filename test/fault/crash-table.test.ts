/**
 * Every effect of every machine that is stored, crashed before and after everything that makes a difference, repeated,
 * and taken over by another daemon meanwhile: the roll still happens once and completely, and no person is needed.
 */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { fromPromise } from 'xstate';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { nextReminderMs } from '../../src/domain/orders/reminders.ts';
import type { FaultRule } from '../../src/exchange/paper/faults.ts';
import type { Episode } from '../simulation/episode.ts';
import type { Incident } from '../simulation/incidents.ts';
import { repeatText } from '../support/seed.ts';
import { columns, CrashTable, drawn, type Column, type Rows } from './crash-table.ts';
import { missingRows } from './effects-of.ts';
import { tampering } from './tampered-host.ts';

vi.mock(import('../../src/runtime/task/effect.ts'), async (original) => {
  const [effects, { tampered }] = await Promise.all([original(), import('./tampered-host.ts')]);
  return { ...effects, hostEffects: (system, host) => effects.hostEffects(system, tampered(host)) };
});
// XState warns when an event is sent to an actor that is over, which happens here on purpose.
vi.spyOn(console, 'warn').mockReturnValue();

const fromTheStart = (rule: FaultRule): Incident => ({ atMs: 0, kind: 'exchange fault', rule, forMs: null });

/** An answer comes before the report of its result: otherwise the machine would no longer wait for the answer. */
const slowNews = fromTheStart({ kind: 'delayEvents', ms: 300, times: 'always' });

/** Orders begin at mid and are repriced until they trade. */
const walking = { incidents: [slowNews] };
/** An order has so little time that a daemon which assumes too early that it was never placed makes another one. */
const hurried = {
  spec: { execution: { every: '300ms', steps: 1, deadline: '1s', slippage: { max: '50%' } } },
};
/** The trigger must hold; leg 1 does not trade at first, leg 2 only in part, and both are cancelled for that. */
const unfilled = {
  spec: { trigger: { index: { above: 25_000, for: '2s' } } },
  incidents: [
    slowNews,
    fromTheStart({ kind: 'noFill', match: { linkIdPrefix: 'close-' } }),
    fromTheStart({ kind: 'partialFill', qty: '0.1', match: { linkIdPrefix: 'open-' } }),
  ],
};
/** The exchange takes the order of leg 1 and not that of leg 2; the daemon gets an answer to neither. */
const unanswered = {
  incidents: (['close-', 'open-'] as const).map((linkIdPrefix) =>
    fromTheStart({
      kind: linkIdPrefix === 'close-' ? 'loseAnswer' : 'loseRequest',
      how: 'reset',
      match: { linkIdPrefix, endpoint: '/v5/order/create' },
    }),
  ),
};
/** Leg 2 is not filled for so long that the trader is reminded of it. */
const forgotten = {
  spec: { execution: { every: '10s', steps: 1, deadline: '70s', slippage: { max: '50%' } } },
  incidents: [fromTheStart({ kind: 'noFill', match: { linkIdPrefix: 'open-' } })],
  lastsMs: 120_000,
};

/** The new option is opened before the old one is closed. */
const openingFirst = {
  spec: {
    execution: {
      every: '500ms',
      steps: 3,
      deadline: '5s',
      slippage: { max: '50%' },
      legs: 'openFirst',
    },
  },
};

/** Nothing triggers until the option is delivered. */
const delivered = {
  spec: { trigger: 40_000 },
  startMs: Date.UTC(2023, 2, 10, 7, 59, 45),
  ends: { rolls: 0, closed: '0', opened: '0', positions: '' },
};

const alarm = { kind: 'alarm', ringsAtMs: ({ atMs }: { atMs: number }) => atMs } as const;
const reminder = {
  kind: 'alarm',
  ringsAtMs: ({ sinceMs }: { sinceMs: number }) => sinceMs + nextReminderMs(0),
  says: 'REMINDED',
} as const;

const rows: Rows = {
  'roll: read market': { kind: 'read', story: walking },
  'roll: check margin': { kind: 'read', story: openingFirst },
  'roll: read settlement': { kind: 'read', story: delivered },
  'roll: alarm': { ...alarm, story: unfilled },
  'roll: reminder': { ...reminder, story: forgotten },
  'order: submit order': { kind: 'write', story: hurried },
  'order: amend order': { kind: 'write', story: walking },
  'order: cancel order': { kind: 'write', story: unfilled },
  'order: look up order': { kind: 'read', story: unanswered },
  'order: read quote': { kind: 'read', story: walking },
  'order: alarm': { ...alarm, story: unfilled },
};

const table = new CrashTable(rows);
const passed = new Map<string, Map<Column, number>>();

describe.each(Object.keys(rows))('%s', (effect) => {
  const cells = new Map<Column, number>();
  passed.set(effect, cells);

  test.each(columns)('%s', async (column) => {
    const { worlds, problems } = await table.try(effect, column);
    expect(problems, repeatText).toEqual([]);
    cells.set(column, worlds);
  });
});

describe('the table', () => {
  test('has a row for every effect of the machines, and no other', () => {
    expect(missingRows(rows, rollMachine)).toEqual([]);
  });

  test('is not complete for a machine with one more effect', () => {
    const actors = { 'send a postcard': fromPromise(() => Promise.resolve()) };
    const chatty = rollMachine.provide({
      actors: { 'work order': orderMachine.provide({ actors } as never) },
    });
    expect(missingRows(rows, chatty)).toEqual(['"order: send a postcard" has no row']);
    expect(missingRows(rows, orderMachine)).toContain('"roll: alarm" is no effect of any machine');
  });

  test('refuses a row whose story never runs the effect', async () => {
    const calm: Rows = { 'order: cancel order': { kind: 'write', story: walking } };
    await expect(new CrashTable(calm).try('order: cancel order', 'crash before commit')).rejects.toThrow(
      '"order: cancel order" is never invoked',
    );
  });

  test('finds orders that leave before their commit', async () => {
    const openGate = () => void (tampering.opensGate = true);
    for (const effect of ['order: submit order', 'order: amend order', 'order: cancel order']) {
      const { problems } = await table.try(effect, 'crash after commit', openGate);
      expect(problems.join()).toContain(`"${effect}" left before the turn that decided it was stored`);
    }
  });

  test('finds a database that fences no daemon', async () => {
    const { problems } = await table.try('order: submit order', 'conflict', unfence);
    expect(problems).not.toEqual([]);
  });

  test.each([
    ['alerted twice', 2],
    ['not alerted', 0],
  ])('finds what is %s', async (found, times) => {
    const tamper = ({ database: { alerts } }: Episode) => {
      const push = alerts.push.bind(alerts);
      alerts.push = (...news) => push(...Array.from({ length: times }, () => news).flat());
    };
    const { problems } = await table.try('roll: read market', 'crash after ack', tamper);
    expect(problems.join()).toContain(`${found}: Rolled 0.3 from`);
  });
});

afterAll(() => console.log(`worlds in which a roll came through:\n${drawn(passed)}`));

/** Lets every daemon store on top of any version. */
function unfence({ database }: Episode): void {
  const flush = database.flush.bind(database);
  database.flush = (owner, turns) =>
    turns.flatMap((turn) => {
      const { taskId, expectedVersion } = turn.record;
      const version = database.task(taskId)?.version ?? expectedVersion;
      const record = { ...turn.record, expectedVersion: version };
      return flush(owner, [{ ...turn, record, fence: database.epochOf(record.accountId) }]);
    });
}
