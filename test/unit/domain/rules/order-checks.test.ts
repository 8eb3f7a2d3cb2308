/** The exchange's word on what a roll would open: when it counts, when the estimate does, and how it is said. */
import { describe, expect, it } from 'vitest';
import { verdictText } from '../../../../src/domain/explain/guard-text.ts';
import type { MarginStep, MarginSteps } from '../../../../src/domain/market/margin.ts';
import type { OrderCheck, PreCheck } from '../../../../src/domain/market/pre-check.ts';
import { judgeChecks } from '../../../../src/domain/rules/order-checks.ts';

const symbol = 'BTC-31MAR23-25000-C-USDT';
const other = 'BTC-31MAR23-20000-P-USDT';

const step = (initialRate: string, maintenanceRate: string): MarginStep => ({ initialRate, maintenanceRate });
const unknown: MarginStep = { initialRate: null, maintenanceRate: null };
const estimated = (after: MarginStep): MarginSteps => ({
  unknownCoin: null,
  before: step('0.4', '0.2'),
  between: step('0.1', '0.05'),
  after,
});
const enough = estimated(step('0.5', '0.25'));
const tooMuch = estimated(step('0.9', '0.86'));
const beyond = estimated(step('1.01', '0.5'));
const ofSol: MarginSteps = { ...enough, unknownCoin: 'SOL', between: unknown, after: unknown };

const rates = (maintenanceRateAfter: string, marginMode = 'cross'): PreCheck =>
  ({ kind: 'rates', initialRateAfter: '0.8', maintenanceRateAfter, marginMode }) as PreCheck;
const refused = (marginMode?: string, scope = 'margin'): PreCheck =>
  ({
    kind: 'refused',
    scope,
    words: 'check it: Bybit answered 110007 "ab not enough for new order"',
    exchangeCode: '110007',
    initialRateAfter: '1.2',
    maintenanceRateAfter: '0.9',
    ...(marginMode && { marginMode }),
  }) as PreCheck;
const notOffered: PreCheck = { kind: 'notOffered' };

const of = (answer: PreCheck, named = symbol): OrderCheck => ({
  symbol: named,
  side: 'Sell',
  qty: '1',
  answer,
});
const judge = (margin: MarginSteps, ...answers: PreCheck[]) =>
  judgeChecks({
    checks: answers.map((answer, at) => of(answer, at === 0 ? symbol : other)),
    margin,
    rateMax: '0.85',
  });
const said = (margin: MarginSteps, answer: PreCheck): string => {
  const { passes, figures } = judge(margin, answer);
  return `${passes ? 'passes' : 'refuses'}: ${verdictText({ code: 'preCheck', passes, figures })}`;
};
const beside = `${symbol} beside the old option`;
const words = 'check it: Bybit answered 110007 "ab not enough for new order"';

describe("the exchange's word", () => {
  it.each<[string, MarginSteps, PreCheck, string]>([
    [
      'is enough where it would take the order even beside the old one, whatever is estimated',
      tooMuch,
      rates('0.3', 'portfolio'),
      `passes: the exchange says of ${beside}: initial margin 80 %, maintenance margin 30 %, with maintenance margin up to 85 % allowed`,
    ],
    [
      'is enough for a coin whose margin is not known',
      ofSol,
      rates('0.3'),
      `passes: the exchange says of ${beside}: initial margin 80 %, maintenance margin 30 %, with maintenance margin up to 85 % allowed`,
    ],
    [
      'is not the last in cross margin, where closing frees what is needed',
      enough,
      refused('cross'),
      `passes: the exchange would refuse to open ${beside}: ${words} (initial margin 120 %, maintenance margin 90 %); once the old option is closed it is estimated at initial margin 50 %, maintenance margin 25 %, which is enough`,
    ],
    [
      'is not the last about a rate above the guard',
      enough,
      rates('0.9'),
      `passes: the exchange says of ${beside}: initial margin 80 %, maintenance margin 90 %, with maintenance margin up to 85 % allowed; once the old option is closed it is estimated at initial margin 50 %, maintenance margin 25 %, which is enough`,
    ],
    [
      'stands where the estimate afterwards is above the guard too',
      tooMuch,
      refused('cross'),
      `refuses: the exchange would refuse to open ${beside}: ${words} (initial margin 120 %, maintenance margin 90 %); once the old option is closed it is estimated at initial margin 90 %, maintenance margin 86 %, with 85 % allowed`,
    ],
    [
      'stands in portfolio margin, where nothing is estimated',
      enough,
      refused('portfolio'),
      `refuses: the exchange would refuse to open ${beside}: ${words} (initial margin 120 %, maintenance margin 90 %); in portfolio margin it is not known what closing the old option would free`,
    ],
    [
      'stands for a coin whose margin is not known, and says so',
      ofSol,
      rates('0.9'),
      `refuses: the exchange says of ${beside}: initial margin 80 %, maintenance margin 90 %, with maintenance margin up to 85 % allowed; the margin of options on SOL is not known, nor what closing the old one would free`,
    ],
    [
      'stands where the margin mode is not known',
      enough,
      refused(),
      `refuses: the exchange would refuse to open ${beside}: ${words} (initial margin 120 %, maintenance margin 90 %); how the account is margined is not known, nor what closing the old option would free`,
    ],
    [
      'stands about anything but margin, which closing does not mend',
      enough,
      refused('cross', 'symbol'),
      `refuses: the exchange would refuse to open ${beside}: ${words} (initial margin 120 %, maintenance margin 90 %)`,
    ],
    [
      'is missing where it checks nothing',
      enough,
      notOffered,
      `passes: the exchange does not check here whether ${symbol} could be opened: margin after the roll is an estimate`,
    ],
    [
      'is missing where it checks nothing, and for an unknown coin there is nothing else',
      ofSol,
      notOffered,
      `passes: the exchange does not check here whether ${symbol} could be opened: margin after the roll is not known for options on SOL`,
    ],
  ])('%s', (_, margin, answer, text) => {
    expect(said(margin, answer)).toBe(text);
  });

  it('stands where the estimate needs more than there is', () => {
    expect(judge(beyond, refused('cross'))).toMatchObject({
      passes: false,
      figures: { decidedBy: 'estimate' },
    });
  });

  it('about several orders is that of all together, each adding to what is held', () => {
    const both = judge(enough, rates('0.5', 'portfolio'), rates('0.6', 'portfolio'));
    expect(both).toMatchObject({
      passes: false,
      figures: {
        symbol: `${symbol} + ${other}`,
        maintenanceRate: '0.9',
        initialRate: '1.2',
        noEstimate: 'portfolio',
      },
    });
    expect(judge(enough, rates('0.3'), refused('portfolio', 'price'))).toMatchObject({
      passes: false,
      figures: { said: 'refused', exchangeCode: '110007', noEstimate: null },
    });
  });
});
