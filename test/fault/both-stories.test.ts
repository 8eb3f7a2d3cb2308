/**
 * What an owner or a stop at the exchange does to one of the two options while a roll that opens first holds both, also when the
 * daemon is killed on the way: it is taken for what it is once, nothing is traded against it, and no person is needed.
 */
import { describe, expect, test, vi } from 'vitest';
import type { Episode } from '../simulation/episode.ts';
import { markOf } from '../../src/exchange/paper/market.ts';
import { repeatText } from '../support/seed.ts';
import { repeatedIn } from './crash-table.ts';
import { play, type Result, type Story } from './crash-world.ts';

// XState warns when an event is sent to an actor that is over, which happens here on purpose.
vi.spyOn(console, 'warn').mockReturnValue();

const [oldOption, newOption] = ['BTC-10MAR23-26000-C-USDT', 'BTC-10MAR23-27000-C-USDT'];
const lookEveryMs = 50;

/** Does it once, as soon as both options are held. */
const onceBothAreHeld =
  (act: (episode: Episode) => void) =>
  (episode: Episode): void => {
    const look = (): void => {
      const { positions } = episode.exchange.account('1').state;
      if (positions[oldOption] && positions[newOption]) act(episode);
      else episode.timeline.after(lookEveryMs, look);
    };
    episode.timeline.after(lookEveryMs, look);
  };

const ownerCloses = (symbol: string, qty: string) =>
  onceBothAreHeld((episode) => episode.tradeByHand({ accountId: '1', symbol }, { side: 'Buy', qty }));

/** A stop-loss a little above the mark, and a jump of the price to beyond it. */
const stopFires = (symbol: string) =>
  onceBothAreHeld((episode) => {
    const { exchange, timeline } = episode;
    const quote = exchange.market.quote(symbol);
    const mark = quote ? Number(markOf(quote)) : 0;
    const stopLoss = String(Math.ceil(mark / 5 + 1) * 5);
    const refusal = exchange.engine.setStops(exchange.account('1'), symbol, { stopLoss });
    if (refusal) throw new Error(`the stop is refused: ${JSON.stringify(refusal)}`);
    timeline.after(300, () => exchange.setIndex('BTC', 25_400));
  });

/** The old option is not closed for a while. */
const story = (ends: Partial<Result>): Story => ({
  spec: {
    execution: { every: '500ms', steps: 3, deadline: '5s', slippage: { max: '50%' }, legs: 'openFirst' },
  },
  incidents: [
    {
      atMs: 0,
      kind: 'exchange fault',
      rule: { kind: 'reject', retCode: 110_007, times: 'always', match: { linkIdPrefix: 'close-' } },
      forMs: 40_000,
    },
  ],
  lastsMs: 90_000,
  ends,
});

const stories: Readonly<Record<string, readonly [Story, (episode: Episode) => void]>> = {
  'its owner closes the old option': [story({ closed: '0' }), ownerCloses(oldOption, '0.3')],
  'its owner closes a part of the old option': [story({ closed: '0.2' }), ownerCloses(oldOption, '0.1')],
  'a stop closes the old option': [story({ closed: '0' }), stopFires(oldOption)],
};

/**
 * The books of the simulation know of no owner and no stop that closes a part of a roll under way; `ends` says what is closed, opened
 * and held instead.
 */
const isOfBooks = (problem: string): boolean =>
  /its rule says|its trades have left|the tasks manage/.test(problem);

describe.each(Object.entries(stories))('while both are held %s', (_, [told, tamper]) => {
  test('killed at no turn, and at every third one', async () => {
    const quiet = await play(told, { natures: {}, daemons: 1, tamper });
    expect(
      quiet.problems.filter((problem) => !isOfBooks(problem)),
      repeatText,
    ).toEqual([]);
    const found: string[] = [];
    for (let nth = 1; nth <= Math.min(quiet.states.length, 16); nth += 3) {
      const ending = await play(told, { natures: {}, daemons: 1, tamper, killAt: { moment: 'stored', nth } });
      const problems = ending.problems.filter((problem) => !isOfBooks(problem));
      found.push(...[...problems, ...repeatedIn(ending)].map((problem) => `${nth}: ${problem}`));
    }
    expect(found, repeatText).toEqual([]);
  });
});
