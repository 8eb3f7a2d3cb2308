/** What the exchange says of a roll's opening order while the old option is still held, and what is concluded from it. */
import type { MarginStep } from '../market/margin.ts';
import { percentText, type DecimalString } from '../money.ts';
import type { PreCheckFigures } from '../rules/order-checks.ts';

/** `initial margin 40 %, maintenance 12 %`; `""` when neither is known. */
function ratesText({ initialRate, maintenanceRate }: MarginStep): string {
  const rate = (name: string, value: DecimalString | null): string[] =>
    value === null ? [] : [`${name} ${percentText(value)}`];
  return [...rate('initial margin', initialRate), ...rate('maintenance margin', maintenanceRate)].join(', ');
}

const whyNoEstimate = {
  portfolio: () => 'in portfolio margin it is not known what closing the old option would free',
  unknownMode: () => 'how the account is margined is not known, nor what closing the old option would free',
  unknownCoin: (coin: string | null) =>
    `the margin of options on ${coin ?? 'this coin'} is not known, nor what closing the old one would free`,
  unknownFigures: () => 'the margin of the account is not known',
} as const;

function saidText({ symbol, said, words, rateMax, ...rates }: PreCheckFigures): string {
  const margins = ratesText(rates);
  if (said === 'refused')
    return `the exchange would refuse to open ${symbol} beside the old option: ${words}${margins === '' ? '' : ` (${margins})`}`;
  return `the exchange says of ${symbol} beside the old option: ${margins}, with maintenance margin up to ${percentText(rateMax)} allowed`;
}

export function preCheckText(figures: PreCheckFigures, verdict: 'passes' | 'refuses'): string {
  const { symbol, said, decidedBy, estimate, noEstimate, unknownCoin, rateMax } = figures;
  if (said === 'notOffered')
    return `the exchange does not check here whether ${symbol} could be opened: margin after the roll is ${
      unknownCoin === null ? 'an estimate' : `not known for options on ${unknownCoin}`
    }`;
  const text = saidText(figures);
  if (noEstimate !== null) return `${text}; ${whyNoEstimate[noEstimate](unknownCoin)}`;
  if (decidedBy === 'exchange' || estimate === null) return text;
  const bound = verdict === 'passes' ? 'which is enough' : `with ${percentText(rateMax)} allowed`;
  return `${text}; once the old option is closed it is estimated at ${ratesText(estimate)}, ${bound}`;
}
