/** What a task waits for that does not come, and the ways out of it, as they are read from the stored task. */
import { describe, expect, test } from 'vitest';
import { UnknownOutcome } from '../../../../src/domain/errors.ts';
import { answerText } from '../../../../src/domain/explain/answer-text.ts';
import { orderLines, rollLine, stuckText } from '../../../../src/domain/explain/resolution-text.ts';
import { workingOrderIn, type TaskSnapshot } from '../../../../src/domain/roll/holdings.ts';
import { resolutionOf, type Resolution } from '../../../../src/domain/roll/resolution.ts';
import type { RollContext } from '../../../../src/domain/roll/roll-context.ts';
import { minuteMs } from '../../../../src/domain/units.ts';
import { fillAll, fillPart, stayOpen, TaskFixture, type Behaviour } from '../../../support/task-fixture.ts';
import { afterLeg1, call24, call25, noMargin } from '../../../machines/leg2-fixture.ts';

function resolution({ journal }: TaskFixture): Resolution {
  const { state, snapshotJson } = journal.records.at(-1) ?? { state: '', snapshotJson: '' };
  const snapshot = JSON.parse(snapshotJson) as TaskSnapshot<RollContext>;
  return resolutionOf({ state, context: snapshot.context, order: workingOrderIn(snapshot) });
}

const ways = ({ waysOut }: Resolution): string[] =>
  waysOut.map(({ kind, isPossible, reason }) => `${kind}${isPossible ? '' : ' not'}: ${answerText(reason)}`);

const lost: Behaviour = (order, account) => {
  account.isBlind = true;
  account.accept(order);
  throw new UnknownOutcome('timeout', { orderExists: true });
};

describe('a task with an order of which nothing is known', () => {
  test('says since when, what was said and looked up, and what the account shows', async () => {
    const fixture = await afterLeg1([lost]);
    await fixture.clock.advance(3 * minuteMs);
    const known = resolution(fixture);
    expect(known.stuck && stuckText(known.stuck)).toMatch(
      /^nothing is known of order open-task000001-v1 for [23] min now; it is still looked up$/,
    );
    expect(rollLine(known)).toMatch(
      new RegExp(`^0\\.3 of ${call25} is missing \\(closed 0\\.3 ${call24}\\), since 20`),
    );
    expect(known.order && orderLines(known.order)).toEqual([
      expect.stringMatching(`^open-task000001-v1: Sell 0\\.3 ${call25} at \\d+$`),
      expect.stringMatching(/^what became of it is unknown since 20.* UTC, for [23] min$/),
      'the exchange took it; last it said: timeout',
      expect.stringMatching(/^looked up \d+ times, last at .* UTC: nothing was found$/),
      `the account held 0 ${call25} before it, and holds 0 now`,
    ]);
  });

  test('offers what fits the account, and says why the rest is not possible', async () => {
    const fixture = await afterLeg1([lost]);
    await fixture.clock.advance(3 * minuteMs);
    expect(ways(resolution(fixture))).toEqual([
      'filled: order open-task000001-v1 is cancelled first; if the exchange knows of nothing to cancel and the position agrees, it counts as ended with nothing traded, and the roll goes on from there',
      'notPlaced not: the exchange took order open-task000001-v1, so it was placed; if it has traded nothing, say that it was filled with 0',
      expect.stringMatching(/^retry: order open-task000001-v1 is being worked/),
      expect.stringMatching(/^reopen: order open-task000001-v1 to Sell .* is ended first/),
      expect.stringMatching(/^acceptFlat: order open-task000001-v1 to Sell .* is ended first/),
    ]);
    fixture.account.fillSilently('open-task000001-v1', '0.3');
    await fixture.clock.advance(minuteMs);
    const [filled] = resolution(fixture).waysOut;
    expect(filled).toMatchObject({ kind: 'filled', isPossible: true, filled: { qty: '0.3' } });
  });

  test('is not called stuck before a person has been asked', async () => {
    const fixture = await afterLeg1([lost]);
    await fixture.clock.advance(20_000);
    expect(resolution(fixture).stuck).toBeNull();
    expect(resolution(fixture).order?.unknownSinceMs).not.toBeNull();
  });
});

test('an order that is being worked is shown with what it has traded', async () => {
  const fixture = new TaskFixture({ spec: { execution: { deadline: '3h' } } });
  fixture.account.behaviours = [fillPart('0.1'), fillAll];
  await fixture.price('23500');
  const known = resolution(fixture);
  expect(known.stuck).toBeNull();
  expect(known.order && orderLines(known.order)[1]).toBe('open, 0.1 of 0.3 traded so far');
  expect(rollLine(known)).toBe('nothing is closed yet, as far as is known');
});

test('a leg 2 that does not open may be tried again, taken back or left', async () => {
  const fixture = await afterLeg1([noMargin]);
  const known = resolution(fixture);
  expect(known.stuck && stuckText(known.stuck)).toBe(
    `0.3 of ${call25} is missing; it is tried again and again`,
  );
  expect(ways(known)).toEqual([
    'retry: trying again now, as if for the first time',
    `reopen: opening ${call24} again`,
    expect.stringMatching(/^acceptFlat: left as it is: 0\.3 of .* is missing .*; the task is over$/),
  ]);
});

test('a leg 2 that is open in part cannot be taken back', async () => {
  const fixture = await afterLeg1([fillPart('0.1', 'cancelled'), noMargin]);
  expect(ways(resolution(fixture))[1]).toBe(
    `reopen not: ${call24} is not opened again: 0.1 is open there already`,
  );
});

test('what each way says is what the machine answers', async () => {
  for (const [kind, type] of [
    ['retry', 'RETRY'],
    ['reopen', 'REOPEN'],
    ['acceptFlat', 'ACCEPT_FLAT'],
  ] as const) {
    for (const behaviours of [[noMargin], [stayOpen]]) {
      const fixture = await afterLeg1(behaviours, { execution: { deadline: '3h' } });
      const said = resolution(fixture).waysOut.find((way) => way.kind === kind);
      let answer = '';
      fixture.task.send({ type, commandId: 'c' }, ({ turn }) => (answer = turn.answers[0]?.text ?? ''));
      expect(said && answerText(said.reason)).toBe(answer);
    }
  }
});
