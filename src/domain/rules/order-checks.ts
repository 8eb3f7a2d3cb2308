/**
 * What the exchange's own word on a roll's opening orders comes to. It was asked while the old options are still held, which is
 * the worst case: its yes settles the margin afterwards. Its no for want of margin does not, because closing comes first and frees
 * some: then the estimate decides, where there is one that can be trusted. Any other no stands.
 */
import type { RefusalScope } from '../errors.ts';
import type { MarginStep, MarginSteps } from '../market/margin.ts';
import type { MarginMode, OrderCheck, PreCheck } from '../market/pre-check.ts';
import { add, compare, larger, subtract, type DecimalString } from '../money.ts';

export interface PreCheckFigures {
  /** Of what would be opened; several options joined by ` + `. */
  readonly symbol: string;
  readonly said: PreCheck['kind'];
  /** The exchange's, where it refuses; else `""`. */
  readonly words: string;
  readonly exchangeCode: string;
  /** With the new option and the old one; `null` where the exchange does not give them. */
  readonly initialRate: DecimalString | null;
  readonly maintenanceRate: DecimalString | null;
  readonly rateMax: DecimalString;
  /** Whose word counts. */
  readonly decidedBy: 'exchange' | 'estimate';
  /** Of the account once the old option is closed; `null` where the exchange's word needs none, or there is none to trust. */
  readonly estimate: MarginStep | null;
  /** Why there is none to trust; `null` where there is, or none is needed. */
  readonly noEstimate: 'portfolio' | 'unknownMode' | 'unknownCoin' | 'unknownFigures' | null;
  /** The coin whose margin is not estimated. */
  readonly unknownCoin: string | null;
}

export interface PreCheckVerdict {
  readonly passes: boolean;
  readonly figures: PreCheckFigures;
}

/** The answers about every order that would be opened; one at least. */
export interface CheckedRoll {
  readonly checks: readonly OrderCheck[];
  readonly margin: MarginSteps;
  readonly rateMax: DecimalString;
}

/** An initial margin of all that there is. */
const everything = '1';

export function judgeChecks({ checks, margin, rateMax }: CheckedRoll): PreCheckVerdict {
  const said = together(checks, margin.before);
  const usual = {
    symbol: checks.map(({ symbol }) => symbol).join(' + '),
    said: said.kind,
    words: '',
    exchangeCode: '',
    initialRate: null,
    maintenanceRate: null,
    rateMax,
    decidedBy: 'exchange',
    estimate: null,
    noEstimate: null,
    unknownCoin: margin.unknownCoin,
  } as const;
  if (said.kind === 'notOffered') return { passes: true, figures: { ...usual, decidedBy: 'estimate' } };
  const { initialRateAfter: initialRate, maintenanceRateAfter: maintenanceRate } = said;
  const words = said.kind === 'refused' ? said : usual;
  const figures = {
    ...usual,
    words: words.words,
    exchangeCode: words.exchangeCode,
    initialRate,
    maintenanceRate,
  };
  if (said.kind === 'rates' && isWithin(said, rateMax)) return { passes: true, figures };
  if (said.kind === 'refused' && !closingMayHelp(said.scope)) return { passes: false, figures };
  const noEstimate = whyNoEstimate(margin, said.marginMode);
  if (noEstimate !== null) return { passes: false, figures: { ...figures, noEstimate } };
  const estimate = margin.after;
  const passes = isWithin(
    { initialRateAfter: estimate.initialRate, maintenanceRateAfter: estimate.maintenanceRate },
    rateMax,
  );
  return { passes, figures: { ...figures, decidedBy: 'estimate', estimate } };
}

/** The exchange has said of every order what margin it leads to: no estimate of that is wanted beside its word. */
export const areChecked = (checks: readonly OrderCheck[]): boolean =>
  checks.length > 0 && checks.every(({ answer }) => answer.kind !== 'notOffered');

const closingMayHelp = (scope: RefusalScope): boolean => scope === 'margin';

function whyNoEstimate(
  { unknownCoin, after }: MarginSteps,
  mode: MarginMode | undefined,
): PreCheckFigures['noEstimate'] {
  if (mode === 'portfolio') return 'portfolio';
  if (mode !== 'cross') return 'unknownMode';
  if (unknownCoin !== null) return 'unknownCoin';
  return after.maintenanceRate === null || after.initialRate === null ? 'unknownFigures' : null;
}

interface RatesAfter {
  readonly initialRateAfter: DecimalString | null;
  readonly maintenanceRateAfter: DecimalString | null;
}

const isWithin = ({ initialRateAfter, maintenanceRateAfter }: RatesAfter, rateMax: DecimalString): boolean =>
  initialRateAfter !== null &&
  maintenanceRateAfter !== null &&
  compare(initialRateAfter, everything) <= 0 &&
  compare(maintenanceRateAfter, rateMax) <= 0;

/** Of several orders: the first that is refused, else what they add to the margin together. */
function together(checks: readonly OrderCheck[], before: MarginStep): PreCheck {
  const answers = checks.map(({ answer }) => answer);
  const refused = answers.filter((answer) => answer.kind === 'refused');
  const stands = refused.find(({ scope }) => !closingMayHelp(scope)) ?? refused[0];
  if (stands) return stands;
  const rates = answers.filter((answer) => answer.kind === 'rates');
  const [first] = rates;
  if (first === undefined || rates.length < answers.length) return { kind: 'notOffered' };
  return rates.slice(1).reduce(
    (sum, { initialRateAfter, maintenanceRateAfter }) => ({
      ...sum,
      initialRateAfter: withMore(sum.initialRateAfter, initialRateAfter, before.initialRate),
      maintenanceRateAfter: withMore(sum.maintenanceRateAfter, maintenanceRateAfter, before.maintenanceRate),
    }),
    first,
  );
}

const withMore = (sum: DecimalString, next: DecimalString, before: DecimalString | null): DecimalString =>
  before === null ? larger(sum, next) : add(sum, larger('0', subtract(next, before)));
