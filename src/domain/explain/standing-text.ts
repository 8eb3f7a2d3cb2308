/** Where the parts of a position are during a roll, for people. */
import { isPositive } from '../money.ts';
import type { Sentences } from '../reason.ts';
import type { Leftover } from '../roll/alerts.ts';
import type { RollStanding } from '../roll/answers.ts';
import type { NoWayBack, NoWayBackFigures } from '../roll/leg2-alerts.ts';
import type { Missing } from '../roll/roll.ts';

/** What the trader's position lacks now, and since which closing. */
export const missingText = ({ others = [], ...first }: Missing): string =>
  [first, ...others]
    .filter(({ qty }) => others.length === 0 || isPositive(qty))
    .map(
      ({ qty, symbol, closedQty, fromSymbol }) =>
        `${qty} of ${symbol ?? 'the target'} is missing (closed ${closedQty} ${fromSymbol})`,
    )
    .join(', ');

/** What a roll that needs a person leaves behind, as a sentence without a full stop. */
export function leftoverText(leftover: Leftover): string {
  switch (leftover.kind) {
    case 'nothingChanged':
      return 'Nothing was changed';
    case 'missing':
      return `Not done: ${missingText(leftover.missing)}`;
    case 'twice':
      return `Open twice: ${leftover.qty} of ${leftover.symbol} is not closed, and as much of ${leftover.toSymbol} is open`;
    case 'moved':
      return `Moved so far: ${leftover.qty} of ${leftover.ofQty} to ${leftover.toSymbol ?? 'the target'}`;
  }
}

/** What is held and what is missing of a roll that was ended, as a clause. */
export const standingText = ({ others = [], ...first }: RollStanding): string =>
  [first, ...others].map(standingOfLeg).join('; ');

function standingOfLeg({ fromSymbol, closedQty, leftQty, opened, missing, twiceQty }: RollStanding): string {
  const parts = [
    leftQty === null ? '' : `${leftQty} ${fromSymbol} still held`,
    opened === null ? '' : `${opened.qty} ${opened.symbol} opened`,
    missing === null ? '' : missingText(missing),
    twiceQty === undefined ? '' : `${twiceQty} is open twice`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? `${closedQty} ${fromSymbol} closed` : parts.join(', ');
}

/** Why the old option cannot be opened again. */
const noWayBack: Sentences<NoWayBackFigures> = {
  alreadyGoingBack: ({ symbol }) => `${symbol} is being opened again already`,
  oldOptionExpired: ({ symbol }) => `${symbol} has expired`,
  alreadyClosingAgain: ({ symbol }) => `${symbol} is being closed again already`,
  partlyClosed: ({ qty, symbol }) => `${qty} ${symbol} is closed already`,
  partlyOpen: ({ qty }) => `${qty} is open there already`,
};

/** Why the old option cannot be opened again, as a clause. */
export const noWayBackText = ({ code, figures }: NoWayBack): string => noWayBack[code](figures as never);
