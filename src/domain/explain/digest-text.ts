/** The daily digest: that the daemon lives, what it did in a day, and what a person should look at. */
import type { DecimalString } from '../money.ts';
import type { Sentences } from '../reason.ts';

/** Counts are of everything that the recipient sees; rolls and money of the last 24 hours. */
export interface NoticeFigures {
  readonly digest: {
    readonly tasks: number;
    readonly rolling: number;
    readonly paused: number;
    readonly failed: readonly { readonly taskId: string; readonly symbol: string }[];
    readonly rolls: number;
    readonly notRolled: number;
    /** @property coin settle coin; empty when it is not known any more */
    readonly money: readonly {
      readonly coin: string;
      readonly net: DecimalString;
      readonly fees: DecimalString;
    }[];
    /** Names of accounts that cannot trade. */
    readonly barred: readonly string[];
    /** Messages that were given up. */
    readonly dead: number;
  };
  readonly channelTest: { readonly name: string };
}

const shownMax = 10;

const listText = (items: readonly string[]): string =>
  items.length <= shownMax
    ? items.join(', ')
    : `${items.slice(0, shownMax).join(', ')} and ${items.length - shownMax} more`;

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

export const noticeSentences: Sentences<NoticeFigures> = {
  digest: ({ tasks, rolling, paused, failed, rolls, notRolled, money, barred, dead }) => {
    const standing = [
      counted(tasks, 'task'),
      ...(rolling > 0 ? [`${rolling} rolling now`] : []),
      ...(paused > 0 ? [`${paused} paused`] : []),
    ].join(', ');
    const results = money.map(({ coin, net, fees }) => {
      const unit = coin === '' ? '' : ` ${coin}`;
      return `net ${net}${unit}, fees ${fees}${unit}`;
    });
    const refused = notRolled > 0 ? `, ${notRolled} not done` : '';
    const attention = [
      ...(failed.length > 0
        ? [`needs a person: ${listText(failed.map(({ taskId, symbol }) => `${symbol} (${taskId})`))}`]
        : []),
      ...(barred.length > 0 ? [`cannot trade: ${listText(barred)}`] : []),
      ...(dead > 0 ? [`${counted(dead, 'message')} could not be delivered`] : []),
    ];
    return [
      `Daily digest: ${standing}.`,
      `In 24 hours: ${counted(rolls, 'roll')}${refused}${results.length > 0 ? `; ${results.join('; ')}` : ''}.`,
      attention.length > 0 ? `Look at this: ${attention.join('; ')}.` : 'Nothing needs your attention.',
    ].join('\n');
  },
  channelTest: ({ name }) =>
    `This is a test of channel ${name}: alerts of Rollkeeper arrive here. Nothing needs to be done.`,
};
