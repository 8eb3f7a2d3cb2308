/**
 * What tasks of several rules do, killed at every turn of theirs, just before it is stored and just after: it still happens
 * once and completely, every alert is sent once, and nothing is traded that was not wanted.
 */
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Incident } from '../simulation/incidents.ts';
import { repeatText } from '../support/seed.ts';
import { missingIn, repeatedIn } from './crash-table.ts';
import { forgetsATurn, play, type Story } from './crash-world.ts';

// XState warns when an event is sent to an actor that is over, which happens here on purpose.
vi.spyOn(console, 'warn').mockReturnValue();

const tested = { index: { above: 25_000 } };
const untested = { index: { above: 40_000 } };
const up = { roll: '+1000' };

/** Longer than it takes to prove that an order was never placed: what a person asks for is tried once. */
const patient = { execution: { every: '500ms', steps: 3, deadline: '30s', slippage: { max: '50%' } } };

const openFirst = {
  execution: { every: '500ms', steps: 3, deadline: '5s', slippage: { max: '50%' }, legs: 'openFirst' },
};

/** The first order of a leg trades only so much. */
const partly = (linkIdPrefix: 'open-' | 'close-', qty: string): Incident => ({
  atMs: 0,
  kind: 'exchange fault',
  rule: { kind: 'partialFill', qty, match: { linkIdPrefix } },
  forMs: null,
});

interface NamedStory extends Story {
  /** A state that it comes through; without it the story would not be the one that is meant. */
  readonly through: string;
}

const stories: Readonly<Record<string, NamedStory>> = {
  'a reduction': {
    spec: { rules: [{ when: tested, then: { reduce: 'half' }, guards: { rolls: { max: 1 } } }] },
    through: 'ROLL_INITIATED.closingLeg1',
    ends: { closed: '0.15', opened: '0', positions: 'Sell 0.15 BTC-10MAR23-26000-C-USDT' },
  },
  'a roll of a part': {
    spec: { rules: [{ when: tested, then: { ...up, qty: 'half' } }] },
    through: 'LEG2_OPENING.opening',
    ends: { opened: '0.15', positions: 'Sell 0.15 BTC-10MAR23-27000-C-USDT' },
  },
  'a scaled roll that is closed in two rounds': {
    spec: { rules: [{ when: tested, then: { ...up, scale: ['70%'] } }] },
    incidents: [partly('close-', '0.2')],
    through: 'LEG2_OPENING.opening',
    ends: { opened: '0.21', positions: 'Sell 0.21 BTC-10MAR23-27000-C-USDT' },
  },
  'a roll that opens first': {
    spec: { rules: [{ when: tested, then: up }], ...openFirst },
    through: 'LEG1_CLOSING.closing',
  },
  'a roll that opens first, in two parts': {
    spec: { rules: [{ when: tested, then: up }], ...openFirst },
    incidents: [partly('open-', '0.2')],
    through: 'LEG1_CLOSING.closing',
  },
  'a roll that opens first and closes the old option in two parts': {
    spec: {
      rules: [{ when: tested, then: up }],
      // An order that a crash has lost still has time to be placed.
      execution: { ...openFirst.execution, deadline: '30s' },
    },
    incidents: [partly('close-', '0.1')],
    lastsMs: 70_000,
    through: 'LEG1_CLOSING.backingOff',
  },
  'a rule that is refused and passes the turn on': {
    spec: {
      rules: [
        { when: tested, then: up, guards: { netCredit: { min: 1_000_000 } } },
        { when: tested, then: { roll: '+2000' } },
      ],
    },
    through: 'LEG2_OPENING.opening',
    ends: { positions: 'Sell 0.3 BTC-10MAR23-28000-C-USDT' },
  },
  'an alert beside a roll': {
    spec: {
      rules: [
        { when: { index: { above: 24_900 } }, then: 'alert' },
        { when: tested, then: up },
      ],
    },
    through: 'LEG2_OPENING.opening',
  },
  'a roll that a person asks for': {
    spec: { rules: [{ when: untested, then: up }], ...patient },
    incidents: [{ atMs: 3_000, kind: 'asks for a trade', trade: 'rollNow', task: 0 }],
    through: 'LEG2_OPENING.opening',
  },
  'a close that a person asks for': {
    spec: { rules: [{ when: untested, then: up }], ...patient },
    incidents: [{ atMs: 3_000, kind: 'asks for a trade', trade: 'closeNow', task: 0 }],
    through: 'ROLL_INITIATED.closingLeg1',
    ends: { opened: '0', positions: '' },
  },
  'a pause that breaks a roll off, which comes about when it is resumed': {
    spec: { rules: [{ when: tested, then: up }] },
    incidents: [
      {
        atMs: 0,
        kind: 'exchange fault',
        rule: { kind: 'noFill', times: 'always', match: { linkIdPrefix: 'close-' } },
        forMs: 8_000,
      },
      { atMs: 2_500, kind: 'pauses rolls', times: 1 },
    ],
    through: 'PAUSED',
  },
};

/** Orders by websocket, whose answers do not come. */
const socketFaults: Readonly<Record<string, NonNullable<Story['incidents']>>> = {
  'is taken for leg 1 without an answer, and lost for leg 2': (['close-', 'open-'] as const).map(
    (linkIdPrefix) => ({
      atMs: 0,
      kind: 'exchange fault',
      rule: {
        kind: linkIdPrefix === 'close-' ? 'loseAnswer' : 'loseRequest',
        match: { linkIdPrefix, way: 'websocket' },
      },
      forMs: null,
    }),
  ),
  'is on its way when the connection dies': [0, 2_000, 8_000, 16_000].map((atMs) => ({
    atMs,
    kind: 'order socket dies',
    daemon: 0,
    awayMs: 900,
  })),
};

const bySocket: Readonly<Record<string, NamedStory>> = Object.fromEntries(
  Object.entries(socketFaults).map(([what, incidents]) => [
    `a roll whose order by websocket ${what}`,
    {
      spec: { rules: [{ when: tested, then: up }], ...patient },
      incidents,
      keepsReadings: true,
      // A market that moves meanwhile would change what the roll costs.
      lastsMs: 60_000,
      through: 'LEG2_OPENING.opening',
    },
  ]),
);

let worlds = 0;

describe.each(Object.entries({ ...stories, ...bySocket }))('%s', (_, story) => {
  const quiet = play(story, { natures: {}, daemons: 1 });

  test('ends as it should when nothing goes wrong', async () => {
    const { problems, states } = await quiet;
    expect(problems, repeatText).toEqual([]);
    expect(states).toContain(story.through);
  });

  test.each(['made', 'stored'] as const)('killed at every turn that is %s', async (moment) => {
    const undisturbed = await quiet;
    const found: string[] = [];
    for (let nth = 1; nth <= undisturbed.states.length; nth += 1) {
      const ending = await play(story, { natures: {}, daemons: 1, killAt: { moment, nth } });
      worlds += 1;
      const problems = [...ending.problems, ...repeatedIn(ending), ...missingIn(ending, undisturbed)];
      const at = undisturbed.states[nth - 1] ?? '';
      found.push(...problems.map((problem) => `${nth}, ${at}: ${problem}`));
    }
    expect(found, repeatText).toEqual([]);
  });
});

test('a trade that a person asked for, and whose order could not be placed in time, is given up and reported', async () => {
  const { 'a close that a person asks for': close } = stories;
  const hasty = { ...close, spec: { rules: [{ when: untested, then: up }] } };
  const { alerts, states } = await play(hasty, {
    natures: {},
    daemons: 1,
    killAt: { moment: 'stored', nth: 2 },
  });
  expect(states.at(-1)).toBe('IDLE.watching');
  expect(alerts).toEqual([expect.stringContaining('Nothing was changed')]);
});

describe('the stories find', () => {
  const roll = stories['a roll of a part'] ?? { through: '' };
  const kill = { natures: {}, daemons: 1, killAt: { moment: 'stored', nth: 5 } } as const;

  test('a result that is not the one that was meant', async () => {
    const whole = { ...roll, ends: { ...roll.ends, opened: '0.3' } };
    expect((await play(whole, kill)).problems).toEqual(['opened: 0.15 instead of 0.3']);
  });

  test('a database that acknowledges what it forgets', async () => {
    const { problems } = await play(roll, {
      natures: {},
      daemons: 1,
      tamper: forgetsATurn,
    });
    expect(problems).not.toEqual([]);
  });

  test('a kill that never came', async () => {
    const late = { ...kill, killAt: { moment: 'made', nth: 1_000 } } as const;
    expect((await play(roll, late)).problems).toEqual(['the fault never happened']);
  });
});

afterAll(() => console.log(`${worlds} worlds in which a daemon was killed at a turn`));
