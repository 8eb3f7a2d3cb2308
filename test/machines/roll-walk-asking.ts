/** What may happen to a task that asks before it trades: the events for walks over the part of the roll chart that waits. */
import type { RollContext } from '../../src/domain/roll/roll-context.ts';
import { held as sampleHeld, nowMs } from '../unit/domain/samples.ts';
import { readSpec } from '../support/options.ts';
import { done, type Walk } from './chart.ts';
import { call24 } from './leg2-fixture.ts';
import { halt, machine, reading, stamp } from './roll-walk-fixture.ts';

/** A task that asks before it trades, beside rules that do not: few events, because a question has many ends. */
export const askingWalks: readonly Walk[] = ['roll', 'skip'].map((otherwise) => ({
  machine,
  input: {
    taskId: 'task000001',
    held: sampleHeld,
    spec: readSpec({
      symbol: call24,
      rules: [
        {
          when: { index: { above: 23_500 } },
          then: { roll: 1000 },
          approval: { timeout: '30s', otherwise },
        },
        { when: { index: { above: 23_595, for: '5s' } }, then: 'close' },
        { when: { index: { above: 23_590 } }, then: 'alert' },
      ],
    }),
  },
  events: ({ held, roll, question }: RollContext) => [
    ...['23550', '23592', '23600'].map((index) => ({ type: 'PRICE', readings: { index }, ...stamp })),
    { type: 'PRICE', readings: { index: '23600' }, ...stamp, atMs: nowMs + 5_000 },
    ...(question ? ['PAUSE', 'REMOVED'].map((type) => ({ type, commandId: 'c', ...stamp })) : []),
    { type: 'PRICES_STALE', ...stamp },
    ...(question ? [{ type: 'HALTED', halt, ...stamp }] : []),
    {
      type: 'EDITED',
      qty: held.qty,
      commandId: 'c',
      ...stamp,
      spec: readSpec({ symbol: call24, trigger: 29000, target: 1000 }),
    },
    ...['APPROVE', 'DECLINE'].map((type) => ({
      type,
      approvalId: null,
      commandId: 'c',
      askedBy: 'operator',
      ...stamp,
    })),
    ...[0, 5_000, 30_000].map((afterMs) =>
      done('0.roll.IDLE.awaitingApproval', { ...stamp, atMs: nowMs + afterMs }),
    ),
    ...(roll
      ? [
          done(
            '0.roll.ROLL_INITIATED.planning',
            reading([{ symbol: held.symbol, side: held.side, qty: held.qty, averagePrice: '900' }]),
          ),
        ]
      : []),
  ],
  facts: ({ question, roll, plan, wakeAtMs, rules }: RollContext) => [
    question && [question.over?.how, question.count],
    roll?.approved !== undefined,
    plan?.kind,
    wakeAtMs - nowMs,
    rules.map(({ restsUntilMs }) => restsUntilMs > nowMs),
  ],
}));
