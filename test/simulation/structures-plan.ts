/**
 * Draws tasks of several options: strangles, spreads, condors, calendars and pairs of shorts, in an account of their own, and
 * what their rules do with all legs, with a side or with legs by name. Every spec is one that the product takes.
 */
import { readSpec } from '../support/options.ts';
import type { PlannedTask } from './plan.ts';
import { drawExecution } from './rules-plan.ts';
import type { Chance } from './world/random.ts';

export interface PlannedLeg {
  readonly symbol: string;
  readonly side: 'Buy' | 'Sell';
  readonly qty: string;
}

export interface StructureSetting {
  readonly accountId: string;
  /** Of the underlying in USDT. */
  readonly index: number;
  readonly isRising: boolean;
  /** In symbols: that of most legs, and an earlier one that may be delivered meanwhile. */
  readonly expiry: string;
  readonly nearExpiry: string;
}

type Written = Readonly<Record<string, unknown>>;
type Kind = 'strangle' | 'call spread' | 'put spread' | 'condor' | 'calendar' | 'two calls' | 'near strangle';

/** Tasks of one account never hold one option on two sides. */
const households: readonly (readonly Kind[])[] = [
  ['strangle'],
  ['strangle', 'near strangle'],
  ['call spread', 'put spread'],
  ['call spread'],
  ['put spread'],
  ['condor'],
  ['condor'],
  ['calendar'],
  ['two calls', 'put spread'],
];

const quantities = ['0.05', '0.1', '0.3', '1'] as const;

export function planStructures(chance: Chance, setting: StructureSetting): readonly PlannedTask[] {
  return chance.pick(households).map((kind, at): PlannedTask => {
    const legs = drawLegs(chance, kind, setting);
    const [first] = legs;
    if (first === undefined) throw new Error('a structure has legs');
    return {
      accountId: setting.accountId,
      taskId: `sim${setting.accountId}x${at}`,
      side: first.side,
      qty: first.qty,
      legs,
      spec: drawStructureSpec(chance, { ...setting, legs: written(legs) }),
    };
  });
}

const written = (legs: readonly PlannedLeg[]): readonly Written[] =>
  legs.map(({ symbol, side }) => ({ symbol, side: side === 'Sell' ? 'short' : 'long' }));

function drawLegs(chance: Chance, kind: Kind, { index, expiry, nearExpiry }: StructureSetting): PlannedLeg[] {
  const qty = chance.pick(quantities);
  const away = 1_000 * chance.whole(1, 2);
  const width = 1_000 * chance.whole(1, 2);
  const leg = (side: 'Buy' | 'Sell', type: 'C' | 'P', distance: number, at = expiry): PlannedLeg => ({
    symbol: `BTC-${at}-${index + (type === 'C' ? distance : -distance)}-${type}-USDT`,
    side,
    qty,
  });
  switch (kind) {
    case 'strangle':
      return [leg('Sell', 'C', away), leg('Sell', 'P', away, chance.pick([expiry, expiry, nearExpiry]))];
    case 'near strangle':
      return [leg('Sell', 'C', 3_000, nearExpiry), leg('Sell', 'P', 3_000, expiry)];
    case 'call spread':
      return [leg('Sell', 'C', away), leg('Buy', 'C', away + width)];
    case 'put spread':
      return [leg('Buy', 'P', away + width), leg('Sell', 'P', away)];
    case 'condor':
      return [
        leg('Buy', 'P', away + width),
        leg('Sell', 'P', away),
        leg('Sell', 'C', away),
        leg('Buy', 'C', away + width),
      ];
    case 'calendar':
      return [leg('Sell', 'C', away, nearExpiry), leg('Buy', 'C', away, expiry)];
    case 'two calls':
      return [leg('Sell', 'C', away), leg('Sell', 'C', away + 1_000)];
  }
}

export interface StructureRulesSetting {
  readonly index: number;
  readonly isRising: boolean;
  /** As a person writes them. */
  readonly legs: readonly Written[];
}

const triesMax = 200;

/** What such a task says, with its legs; drawn until the product takes it. */
export function drawStructureSpec(chance: Chance, setting: StructureRulesSetting): Written {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const spec = drawSpec(chance, setting);
    try {
      readSpec(spec);
      return spec;
    } catch {
      // Some draws make no sense together.
    }
  }
  throw new Error('no spec of this structure is taken');
}

const kinds = ['roll', 'roll', 'roll', 'roll', 'reduce', 'alert', 'close'] as const;

function drawSpec(chance: Chance, setting: StructureRulesSetting): Written {
  const count = chance.whole(1, 3);
  const rolling = chance.whole(0, count - 1);
  return {
    legs: setting.legs,
    rules: Array.from({ length: count }, (_, place) => {
      const kind = place === rolling ? 'roll' : chance.pick(kinds);
      return {
        name: `${kind} ${place}`,
        when: drawTrigger(chance, setting),
        then: drawAction(chance, kind, setting),
        guards: {
          cooldown: chance.pick(kind === 'alert' ? ['3s', '10s'] : ['1s', '3s', '20s']),
          ...(kind === 'roll' || kind === 'alert' ? {} : { rolls: { max: chance.whole(1, 2) } }),
          ...(kind === 'roll' ? { rolls: { max: chance.whole(3, 8) } } : {}),
          ...(kind === 'roll' && chance.happens(0.1) ? { whenRefused: chance.pick(['skip', 'close']) } : {}),
          ...(kind === 'roll' && chance.happens(0.1) ? { netCredit: { min: chance.pick([-20, -500]) } } : {}),
        },
        ...(kind !== 'alert' && chance.happens(0.2) ? { execution: drawExecution(chance) } : {}),
      };
    }),
    evenIfTrue: true,
    execution: drawExecution(chance),
    leg2: {
      fallback: chance.pick(['keepTrying', 'keepTrying', 'reopenLeg1', 'reopenLeg1', 'stayFlat']),
      attempts: chance.whole(1, 6),
    },
    follow: chance.pick(['strike', 'strike', 'percent']),
    guards: { cooldown: chance.pick(['2s', '5s', '10s']), notBeforeExpiry: chance.pick(['0s', '0s', '5m']) },
  };
}

const namesOf = (legs: readonly Written[]): readonly string[] =>
  readSpec({ legs, trigger: { index: { above: 1 } }, target: 'close' }).legs?.map(({ name }) => name) ?? [];

function drawChoice(chance: Chance, { legs }: StructureRulesSetting): Written {
  const names = namesOf(legs);
  const choice = chance.pick<() => unknown>([
    () => undefined,
    () => undefined,
    () => undefined,
    () => 'untested',
    () => 'untested',
    () => 'tested',
    () => [chance.pick(names)],
    () => names.filter(() => chance.happens(0.5)),
  ])();
  return choice === undefined ? {} : { legs: choice };
}

function drawAction(chance: Chance, kind: (typeof kinds)[number], setting: StructureRulesSetting): unknown {
  if (kind === 'alert') return kind;
  const choice = drawChoice(chance, setting);
  if (kind === 'close') return { close: chance.pick(['all', 'half']), ...choice };
  if (kind === 'reduce') return { reduce: chance.pick(['half', '30%', '0.02']), ...choice };
  return {
    roll: drawTarget(chance),
    ...choice,
    ...(chance.happens(0.1) ? { qty: chance.pick(['half', '70%']) } : {}),
    ...(chance.happens(0.1) ? { scale: chance.pick([['100%', '50%'], ['80%']]) } : {}),
  };
}

const expiries = ['same', 'next-weekly', 'next-monthly', 'nearest 14d', '+7d'];

function drawTarget(chance: Chance): unknown {
  const expiry = chance.pick(expiries);
  const away = chance.pick(['1 step away', '2 steps away', '1000 away']);
  return chance.pick<() => unknown>([
    () => away,
    () => away,
    () => chance.pick(['+1000', '-1000', '+2000', '+1 steps', '-1 steps']),
    () => ({ strike: away, expiry }),
    () => ({ strike: 'same', expiry: chance.pick(['next-weekly', 'next-monthly']) }),
    () => `delta ${chance.pick(['0.20', '0.30', '0.40'])}`,
    () => ({ strike: `delta at most ${chance.pick(['0.30', '0.45'])}`, expiry }),
    () => ({ strike: 'same distance from spot', expiry }),
  ])();
}

function drawTrigger(chance: Chance, { index, isRising, legs }: StructureRulesSetting): Written {
  const hold = chance.happens(0.15) ? { for: `${chance.whole(1, 4)}s` } : {};
  const level = (): Written => {
    const away = chance.whole(0, 1_500);
    return isRising ? { above: Math.round(index) + away } : { below: Math.round(index) - away };
  };
  const name = chance.pick(namesOf(legs));
  const price = { index: { ...level(), ...hold } };
  const ofLeg = chance.pick<() => Written>([
    () => ({ leg: chance.pick(['tested', name]), delta: { above: chance.pick(['0.30', '0.45']), ...hold } }),
    () => ({ leg: chance.pick(['untested', name]), delta: { below: chance.pick(['0.10', '0.20']) } }),
    () => ({ profit: { [chance.pick(['above', 'below'])]: chance.pick(['30%', '-50%', '-200%']) } }),
    () => ({ leg: name, extrinsicValue: { below: chance.pick([5, 50, 400]) } }),
    () => ({ leg: chance.pick(['tested', name]), moneyness: { above: chance.pick(['-2%', '-0.5%', '1%']) } }),
  ])();
  return chance.pick<() => Written>([
    () => price,
    () => price,
    () => ofLeg,
    () => ({ all: [price, { daysToExpiry: { below: 3000 } }] }),
    () => ({ any: [price, ofLeg] }),
  ])();
}
