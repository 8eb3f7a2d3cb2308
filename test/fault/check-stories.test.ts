/**
 * What becomes of a roll when the check of its opening order is lost, refused, or asked too often, also when its daemon is killed
 * on the way: nothing is closed without an answer, and the roll happens once and completely afterwards.
 */
import { describe, expect, test, vi } from 'vitest';
import type { Incident } from '../simulation/incidents.ts';
import { repeatText } from '../support/seed.ts';
import { repeatedIn } from './crash-table.ts';
import { play, type Story } from './crash-world.ts';

// XState warns when an event is sent to an actor that is over, which happens here on purpose.
vi.spyOn(console, 'warn').mockReturnValue();

const match = { endpoint: '/v5/order/pre-check' };
type Rule = Extract<Incident, { kind: 'exchange fault' }>['rule'];
const checked = (rule: Rule, forMs: number | null = null): Story => ({
  incidents: [{ atMs: 0, kind: 'exchange fault', rule, forMs }],
});

const stories: Readonly<Record<string, Story>> = {
  'whose answer is lost': checked({ kind: 'loseAnswer', how: 'silence', match }),
  'whose request is lost': checked({ kind: 'loseRequest', how: 'reset', match }),
  'that is asked too often, for longer than a reading is repeated': checked(
    { kind: 'reject', retCode: 10006, times: 'always', match },
    6_000,
  ),
  'that is refused for something that closing does not mend, for a while': checked(
    { kind: 'reject', retCode: 110_023, times: 'always', match },
    6_000,
  ),
  'that is refused for margin, of which closing frees enough': checked({
    kind: 'reject',
    retCode: 110_007,
    times: 'always',
    match,
  }),
};

describe.each(Object.entries(stories))('a check %s', (_, story) => {
  test('killed at no turn, and at every second one', async () => {
    const quiet = await play(story, { natures: {}, daemons: 1 });
    expect(quiet.problems, repeatText).toEqual([]);
    const found: string[] = [];
    for (let nth = 1; nth <= Math.min(quiet.states.length, 7); nth += 2) {
      const ending = await play(story, { natures: {}, daemons: 1, killAt: { moment: 'stored', nth } });
      found.push(...[...ending.problems, ...repeatedIn(ending)].map((problem) => `${nth}: ${problem}`));
    }
    expect(found, repeatText).toEqual([]);
  });
});
