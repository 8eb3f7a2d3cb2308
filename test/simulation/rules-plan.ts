/**
 * Draws what a task says that has several rules: what they do, when, and what of guards and execution is their own. Every
 * draw is one that the product takes; which of the rules then acts is what the audits watch.
 */
import type { Chance } from './world/random.ts';

export interface RulesSetting {
  /** Of the underlying, in USDT, when the task is to say this. */
  readonly index: number;
  /** Where prices go, and where rolls go with them. */
  readonly isRising: boolean;
}

type Written = Readonly<Record<string, unknown>>;

/** How many rules a task has: most have two or three. */
const counts = [1, 2, 2, 2, 3, 3, 4] as const;
const kinds = ['roll', 'roll', 'roll', 'roll', 'roll', 'reduce', 'alert', 'alert', 'close'] as const;

/** What a task with rules says, without its option. */
export function drawRules(chance: Chance, setting: RulesSetting): Written {
  const count = chance.pick(counts);
  const rolling = chance.whole(0, count - 1);
  return {
    rules: Array.from({ length: count }, (_, place) =>
      drawRule(chance, { ...setting, kind: place === rolling ? 'roll' : chance.pick(kinds), place }),
    ),
    evenIfTrue: true,
    execution: drawExecution(chance),
    leg2: {
      fallback: chance.pick(['keepTrying', 'keepTrying', 'keepTrying', 'reopenLeg1', 'stayFlat']),
      attempts: chance.whole(1, 6),
    },
    follow: chance.pick(['strike', 'strike', 'strike', 'percent']),
    guards: {
      cooldown: chance.pick(['2s', '5s', '10s']),
      ...(chance.happens(0.1) ? { rolls: { max: chance.whole(2, 8) } } : {}),
    },
  };
}

interface RuleSetting extends RulesSetting {
  readonly kind: (typeof kinds)[number];
  readonly place: number;
}

function drawRule(chance: Chance, setting: RuleSetting): Written {
  const { kind, place } = setting;
  const isBounded = kind === 'reduce' || chance.happens(0.2);
  const then = drawAction(chance, setting);
  return {
    name: chance.pick([`${kind} ${place}`, `rule ${place + 1}`]),
    when: drawTrigger(chance, setting),
    then,
    guards:
      kind === 'alert'
        ? { cooldown: chance.pick(['3s', '10s', '30s']) }
        : {
            ...(chance.happens(0.5) ? { cooldown: chance.pick(['1s', '3s', '20s']) } : {}),
            ...(isBounded ? { rolls: { max: chance.whole(1, 3) } } : boundOf(then)),
            ...(kind === 'roll' ? drawPriceGuards(chance) : {}),
          },
    ...(kind !== 'alert' && chance.happens(0.3) ? { execution: drawExecution(chance) } : {}),
  };
}

/** A roll to the same strike may hold at once again, which is taken only with a number of rolls. */
const boundOf = (action: unknown): Written =>
  JSON.stringify(action).includes('"same"') ? { rolls: { max: 4 } } : {};

function drawPriceGuards(chance: Chance): Written {
  return {
    ...(chance.happens(0.1) ? { netCredit: { min: chance.pick([0, -20, -200]) } } : {}),
    ...(chance.happens(0.1) ? { debit: { max: chance.pick(['30%', '2% of spot', 40]) } } : {}),
    ...(chance.happens(0.3) ? { whenRefused: chance.pick(['skip', 'skip', 'skip', 'close']) } : {}),
    ...(chance.happens(0.1) ? { strikeHighWaterMark: true } : {}),
  };
}

function drawAction(chance: Chance, setting: RuleSetting): unknown {
  switch (setting.kind) {
    case 'alert':
    case 'close':
      return setting.kind;
    case 'reduce':
      return { reduce: chance.pick(['half', '30%', '0.02', '1%']) };
    case 'roll':
      return {
        roll: drawTarget(chance, setting),
        ...(chance.happens(0.12) ? { qty: chance.pick(['half', '70%', '0.05', '0.5']) } : {}),
        ...(chance.happens(0.12)
          ? { scale: chance.pick([['100%', '50%'], ['50%', '100%', '30%'], ['80%']]) }
          : {}),
      };
  }
}

const expiries = [
  'next-weekly',
  'next-monthly',
  'nearest 14d',
  'between 8d and 40d',
  '+7d',
  'min 7d from held',
];
const orders = [
  ['credit', 'delta'],
  ['nearestExpiry'],
  ['mostCredit'],
  ['spread', 'furthestStrike'],
  ['theta'],
];

function drawTarget(chance: Chance, { isRising }: RuleSetting): unknown {
  const sign = isRising ? '+' : '-';
  const step = `${sign}${chance.pick([1, 1, 2])} steps`;
  const expiry = chance.pick(expiries);
  return chance.pick<() => unknown>([
    () => step,
    () => step,
    () => step,
    () => `${sign}1000`,
    () => ({ strike: step, expiry }),
    () => ({ strike: 'same', expiry }),
    () => ({ strike: 'same distance from spot', expiry }),
    () => ({ strike: `delta at most ${chance.pick(['0.30', '0.45'])}`, expiry, prefer: chance.pick(orders) }),
    () => ({ strike: `furthest for a credit of ${chance.pick([0, -50, -1000])}` }),
    () => ({ strike: 'best credit within delta 0.05..0.60', expiry, prefer: chance.pick(orders) }),
  ])();
}

function drawTrigger(chance: Chance, setting: RuleSetting): Written {
  const { kind, isRising } = setting;
  const hold = chance.happens(0.15) ? { for: `${chance.whole(1, 4)}s` } : {};
  const tested = { [chance.pick(['index', 'index', 'index', 'mark', 'last'])]: drawLevel(chance, setting) };
  const [[field, level]] = Object.entries(tested) as [[string, object]];
  const price = { [field]: { ...level, ...hold } };
  if (kind === 'close') return { profit: { below: chance.pick(['-800%', '-3000%']) } };
  const option = chance.pick<Written>([
    { profit: { [chance.pick(['above', 'below'])]: chance.pick(['30%', '60%', '-50%', '-200%']), ...hold } },
    { moneyness: { above: chance.pick(['-2%', '-0.5%', '1%']) } },
    { extrinsicValue: { below: chance.pick([5, 50, 400]), ...hold } },
    { deviations: { below: chance.pick([0.2, 0.8]) } },
  ]);
  const isOption = kind !== 'roll' && chance.happens(0.4);
  if (isOption) return option;
  return chance.pick<() => Written>([
    () => price,
    () => price,
    () => price,
    () => price,
    () => ({ all: [price, { daysToExpiry: { below: 3000 } }] }),
    () => ({ all: [price, { any: [option, { index: { [isRising ? 'above' : 'below']: setting.index } }] }] }),
    () => ({ any: [price, { all: [{ index: drawLevel(chance, setting) }, option] }] }),
  ])();
}

function drawLevel(chance: Chance, { index, isRising }: RuleSetting): Written {
  const away = chance.whole(0, 1_500);
  return isRising ? { above: Math.round(index) + away } : { below: Math.round(index) - away };
}

export function drawExecution(chance: Chance): object {
  const style = chance.pick(['walk', 'walk', 'walk', 'cross', 'cross', 'cross', 'cross', 'cross', 'rest']);
  const slippage = { max: chance.pick(['20%', '50%']) };
  if (style === 'rest') return { style, slippage, every: '2s', deadline: chance.pick(['10s', '30s']) };
  const every = chance.pick(['500ms', '1s', '2s', '2s']);
  return {
    style,
    slippage,
    every,
    steps: chance.pick([1, 1, 1, 2, 4]),
    deadline: chance.pick(['3s', '10s', '2m']),
  };
}
