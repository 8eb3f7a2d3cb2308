/**
 * Structures, killed at every turn of theirs, just before it is stored and just after, and at every request to the exchange,
 * before it is there and after: each leg is closed and opened once, whatever is lost, and what the roll risks in between is
 * what the audits of the simulation allow.
 */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { repeatText } from '../support/seed.ts';
import { missingIn, repeatedIn } from './crash-table.ts';
import { forgetsATurn, play, type Story } from './crash-world.ts';
import type { PlannedLeg } from '../simulation/structures-plan.ts';
import type { Incident } from '../simulation/incidents.ts';

// XState warns when an event is sent to an actor that is over, which happens here on purpose.
vi.spyOn(console, 'warn').mockReturnValue();

const leg = (side: 'Buy' | 'Sell', option: string): PlannedLeg => ({
  side,
  symbol: `BTC-10MAR23-${option}-USDT`,
  qty: '0.3',
});
const strangle = [leg('Sell', '26000-C'), leg('Sell', '24000-P')];
const condor = [leg('Buy', '23000-P'), leg('Sell', '24000-P'), leg('Sell', '26000-C'), leg('Buy', '27000-C')];
const tested = { index: { above: 25_000 } };
const away = { roll: '1 step away' };

/** The fault comes with the nth order of the roll. */
const order = (rule: object): Incident => ({
  atMs: 0,
  kind: 'exchange fault',
  rule: { ...rule, times: 1 } as never,
  forMs: null,
});

interface NamedStory extends Story {
  /** So many orders are executed. */
  readonly orders: number;
}

const stories: Readonly<Record<string, NamedStory>> = {
  'a strangle that is rolled': {
    legs: strangle,
    spec: { rules: [{ when: tested, then: away }] },
    orders: 4,
    ends: {
      closed: '0.6',
      opened: '0.6',
      positions: 'Sell 0.3 BTC-10MAR23-23000-P-USDT, Sell 0.3 BTC-10MAR23-27000-C-USDT',
    },
  },
  'a condor that is rolled by its width': {
    legs: condor,
    spec: { rules: [{ when: tested, then: away }] },
    orders: 8,
    lastsMs: 60_000,
    ends: {
      closed: '1.2',
      opened: '1.2',
      positions: [
        'Buy 0.3 BTC-10MAR23-22000-P-USDT',
        'Buy 0.3 BTC-10MAR23-28000-C-USDT',
        'Sell 0.3 BTC-10MAR23-23000-P-USDT',
        'Sell 0.3 BTC-10MAR23-27000-C-USDT',
      ].join(', '),
    },
  },
  'a condor that is closed': {
    legs: condor,
    spec: { rules: [{ when: tested, then: 'close', guards: { rolls: { max: 1 } } }] },
    orders: 4,
    ends: { rolls: 1, closed: '1.2', opened: '0', positions: '' },
  },
  'the calls of a condor': {
    legs: condor,
    spec: { rules: [{ when: tested, then: { roll: '1 step away', legs: ['lower call', 'upper call'] } }] },
    orders: 4,
    ends: {
      closed: '0.6',
      opened: '0.6',
      positions: [
        'Buy 0.3 BTC-10MAR23-23000-P-USDT',
        'Buy 0.3 BTC-10MAR23-28000-C-USDT',
        'Sell 0.3 BTC-10MAR23-24000-P-USDT',
        'Sell 0.3 BTC-10MAR23-27000-C-USDT',
      ].join(', '),
    },
  },
};

let worlds = 0;

describe.each(Object.entries(stories))('%s', (_, story) => {
  const quiet = play(story, { natures: {}, daemons: 1 });

  test('ends as it should when nothing goes wrong', async () => {
    const { problems, states } = await quiet;
    expect(problems, repeatText).toEqual([]);
    expect(states).toContain('ROLL_INITIATED.closingLeg1');
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

  test.each(['left', 'arrived'] as const)('killed when each of its orders has %s', async (moment) => {
    const found: string[] = [];
    for (let nth = 1; nth <= story.orders; nth += 1) {
      const ending = await play(story, { natures: {}, daemons: 1, killAt: { moment, nth } });
      worlds += 1;
      found.push(...ending.problems.map((problem) => `${nth}: ${problem}`));
    }
    expect(found, repeatText).toEqual([]);
  });

  const losses: Readonly<Record<string, object>> = {
    'the answer': { kind: 'loseAnswer', how: 'silence' },
    'the request': { kind: 'loseRequest', how: 'reset' },
    'every report': { kind: 'delayEvents', ms: 20_000 },
  };
  test.each(Object.keys(losses))(
    'that loses %s of the first order of a leg, and its daemon then',
    async (lost) => {
      for (const linkIdPrefix of ['close-', 'open-']) {
        const incidents = [order({ ...losses[lost], match: { linkIdPrefix } })];
        const undisturbed = await play({ ...story, incidents }, { natures: {}, daemons: 1 });
        const found = undisturbed.problems.map((problem) => `${linkIdPrefix}: ${problem}`);
        for (let nth = 3; nth <= undisturbed.states.length; nth += 3) {
          const killAt = { moment: 'stored', nth } as const;
          const ending = await play({ ...story, incidents }, { natures: {}, daemons: 1, killAt });
          worlds += 1;
          found.push(...ending.problems.map((problem) => `${linkIdPrefix} ${nth}: ${problem}`));
        }
        expect(found, repeatText).toEqual([]);
      }
    },
  );
});

describe('the stories find', () => {
  const story = stories['a strangle that is rolled'] ?? { legs: strangle, orders: 4 };

  test('a leg that ends elsewhere', async () => {
    const wrong = { ...story, ends: { ...story.ends, positions: '' } };
    const { problems } = await play(wrong, { natures: {}, daemons: 1 });
    expect(problems).toEqual([expect.stringContaining('positions: Sell 0.3')]);
  });

  test('a database that acknowledges what it forgets', async () => {
    const { problems } = await play(story, {
      natures: {},
      daemons: 1,
      tamper: forgetsATurn,
    });
    expect(problems).not.toEqual([]);
  });
});

afterAll(() => console.log(`${worlds} worlds in which a structure lost its daemon`));
