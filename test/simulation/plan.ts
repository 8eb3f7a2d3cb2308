/** What one simulated world begins with: accounts, positions, tasks, where the price goes, and what will go wrong. */
import type { AccountLimits } from '../../src/domain/rules/account-limits.ts';
import {
  drawAnswers,
  drawHalts,
  drawHands,
  drawIncidents,
  drawLimitChanges,
  drawLimits,
  drawRequests,
  drawStreamFaults,
  inOrder,
  type Incident,
} from './incidents.ts';
import { drawExecution, drawRules } from './rules-plan.ts';
import { planStructures, type PlannedLeg } from './structures-plan.ts';
import { Chance } from './world/random.ts';

export interface PlannedTask {
  readonly accountId: string;
  readonly taskId: string;
  readonly side: 'Buy' | 'Sell';
  readonly qty: string;
  /** Of a structure; `side` and `qty` are those of the first. */
  readonly legs?: readonly PlannedLeg[];
  /** As a trader would write it. */
  readonly spec: { readonly symbol?: string } & Readonly<Record<string, unknown>>;
}

export interface PlannedAccount {
  readonly accountId: string;
  readonly usdt: string;
  readonly limits?: AccountLimits;
}

/** The index in USDT: noise every second, and now and then a jump in one direction that wakes many tasks at once. */
export interface PricePlan {
  readonly start: number;
  readonly noise: number;
  readonly jumpProbability: number;
  /** Largest jump; negative when prices fall. */
  readonly jump: number;
}

export interface EpisodePlan {
  readonly seed: number;
  readonly startMs: number;
  readonly index: PricePlan;
  readonly accounts: readonly PlannedAccount[];
  readonly tasks: readonly PlannedTask[];
  readonly daemons: number;
  /** How long things go wrong; after that the world is calm and everything has to end well. */
  readonly hostileMs: number;
  readonly incidents: readonly Incident[];
  /** How many quiet tasks keep their machines: with none, every turn of a quiet task wakes it first. */
  readonly activeMax: number;
  /** Its accounts are halted, or have limits, at some time. */
  readonly hasBounds?: true;
  /** Its daemons read ahead, keep what streams tell, and send orders by websocket. */
  readonly keepsReadings?: true;
}

const startMs = Date.UTC(2023, 2, 1, 9);
const expiry = '10MAR23';

const rulesShare = 0.65;
const requestsEveryMs = 15_000;
const handsEveryMs = 60_000;

/** What a task is to manage: one option, or the legs of a structure. */
export const legsPlanned = ({ legs, spec, side, qty }: PlannedTask): readonly PlannedLeg[] =>
  legs ?? [{ symbol: spec.symbol ?? '', side, qty }];

const keepingShare = 0.5;
const streamFaultsEveryMs = 12_000;
const haltsShare = 0.25;
const haltsEveryMs = 30_000;
const limitsShare = 0.2;
const limitChangesEveryMs = 60_000;
/** In some worlds with limits a day ends. */
const midnightShare = 0.5;
const midnightMs = Date.UTC(2023, 2, 2);
const askingShare = 0.4;
const answersEveryMs = 6_000;
const structuresShare = 0.5;
/** Some options are delivered while things go wrong. */
const deliveryShare = 0.4;
const deliveryMs = Date.UTC(2023, 2, 1, 8);

/** In most worlds daemons read ahead and send orders by websocket, and streams and that socket have faults of their own. */
export function planEpisode(seed: number): EpisodePlan {
  const plan = planWithBounds(seed);
  const chance = new Chance(seed ^ 0x57a1e);
  if (!chance.happens(keepingShare)) return plan;
  const { hostileMs, incidents } = plan;
  const count = chance.whole(0, Math.round(hostileMs / streamFaultsEveryMs));
  const faults = drawStreamFaults(chance, count, hostileMs);
  return { ...plan, incidents: inOrder([...incidents, ...faults]), keepsReadings: true };
}

/** In some worlds trading is halted now and then, and in some the accounts have limits, which people change. */
export function planWithBounds(seed: number): EpisodePlan {
  const plan = planWithHalts(seed);
  const chance = new Chance(seed ^ 0x11317);
  if (!chance.happens(limitsShare)) return plan;
  const { hostileMs, incidents, accounts } = plan;
  const changes = drawLimitChanges(
    chance,
    chance.whole(0, Math.round(hostileMs / limitChangesEveryMs)),
    hostileMs,
  );
  const endsDay = plan.startMs === startMs && chance.happens(midnightShare);
  return {
    ...plan,
    startMs: endsDay ? midnightMs - chance.whole(10_000, hostileMs) : plan.startMs,
    accounts: accounts.map((account) => ({ ...account, limits: drawLimits(chance) })),
    incidents: inOrder([...incidents, ...changes]),
    hasBounds: true,
  };
}

function planWithHalts(seed: number): EpisodePlan {
  const plan = planWithLegOrders(seed);
  const chance = new Chance(seed ^ 0x4a17);
  if (!chance.happens(haltsShare)) return plan;
  const { hostileMs, incidents } = plan;
  const halts = drawHalts(chance, chance.whole(1, Math.round(hostileMs / haltsEveryMs)), hostileMs);
  return { ...plan, incidents: inOrder([...incidents, ...halts]), hasBounds: true };
}

const legOrdersShare = 0.4;

/** In some worlds tasks of one option open first, or where margin allows it. */
export function planWithLegOrders(seed: number): EpisodePlan {
  const plan = planWithQuestions(seed);
  const chance = new Chance(seed ^ 0x0f125);
  if (!chance.happens(legOrdersShare)) return plan;
  const tasks = plan.tasks.map((task) => {
    if (task.legs || !chance.happens(0.6)) return task;
    const legs = chance.pick(['openFirst', 'openFirst', 'auto']);
    return { ...task, spec: { ...task.spec, execution: { ...Object(task.spec['execution']), legs } } };
  });
  return { ...plan, tasks };
}

/** Its rolls may hold the old and the new option at once. */
export const mayHoldTwice = ({ spec }: PlannedTask): boolean =>
  'legs' in (Object(spec['execution']) as object);

/** In some worlds tasks ask before they trade, and people answer some of the questions. */
export function planWithQuestions(seed: number): EpisodePlan {
  const plan = planWithStructures(seed);
  const chance = new Chance(seed ^ 0xa5c);
  if (!chance.happens(askingShare)) return plan;
  const { hostileMs, incidents } = plan;
  const tasks = plan.tasks.map((task) =>
    chance.happens(0.6) ? { ...task, spec: { ...task.spec, approval: drawApproval(chance) } } : task,
  );
  const answers = drawAnswers(chance, chance.whole(0, Math.round(hostileMs / answersEveryMs)), hostileMs);
  return { ...plan, tasks, incidents: inOrder([...incidents, ...answers]) };
}

const drawApproval = (chance: Chance): object => ({
  timeout: chance.pick(['30s', '30s', '45s', '2m']),
  otherwise: chance.pick(['roll', 'roll', 'skip']),
  tolerance: chance.pick([0, 5, '1%', '5%', '100%']),
});

/** Some worlds have an account of structures besides, whose owner closes legs by hand, and whose near legs may be delivered. */
function planWithStructures(seed: number): EpisodePlan {
  const plan = planWithoutStructures(seed);
  const chance = new Chance(seed ^ 0x1e65);
  if (!chance.happens(structuresShare)) return plan;
  const isDelivered = chance.happens(deliveryShare);
  const { index, hostileMs, accounts } = plan;
  const accountId = String(accounts.length + 1);
  const setting = {
    accountId,
    index: index.start,
    isRising: index.jump > 0,
    expiry,
    nearExpiry: isDelivered ? '1MAR23' : '3MAR23',
  };
  const hands = drawHands(chance, chance.whole(0, Math.round(hostileMs / handsEveryMs)), hostileMs);
  return {
    ...plan,
    startMs: isDelivered ? deliveryMs - chance.whole(10_000, hostileMs) : startMs,
    accounts: [...accounts, { accountId, usdt: chance.pick(['60000', '1000000', '1000000']) }],
    tasks: [...plan.tasks, ...planStructures(chance, setting)],
    incidents: inOrder([...plan.incidents, ...hands]),
  };
}

/** Tasks of one option, with one rule and with several; people ask for trades, edit, and pause rolls. */
function planWithoutStructures(seed: number): EpisodePlan {
  const plan = planOfSingleRules(seed);
  const chance = new Chance(seed ^ 0x51e5);
  const { index, hostileMs } = plan;
  const isRising = index.jump > 0;
  const tasks = plan.tasks.map((task) =>
    chance.happens(rulesShare)
      ? {
          ...task,
          spec: { symbol: task.spec.symbol ?? '', ...drawRules(chance, { index: index.start, isRising }) },
        }
      : task,
  );
  const requests = drawRequests(chance, chance.whole(0, Math.round(hostileMs / requestsEveryMs)), hostileMs);
  return { ...plan, tasks, incidents: inOrder([...plan.incidents, ...requests]) };
}

/** A world in which every task has one rule, and no person asks for more than a pause. */
export function planOfSingleRules(seed: number): EpisodePlan {
  const chance = new Chance(seed);
  const isRising = chance.happens(0.5);
  const hostileMs = chance.whole(90_000, 240_000);
  const index = 24_000;
  const accounts = Array.from({ length: chance.whole(1, 2) }, (_, at) => ({
    accountId: String(at + 1),
    usdt: chance.pick(['20000', '60000', '200000', '1000000']),
  }));
  const tasks = accounts.flatMap(({ accountId }) => {
    const side = chance.pick(['Sell', 'Sell', 'Buy'] as const);
    return Array.from({ length: chance.pick([1, 2, 3, 3]) }, (_, at) =>
      planTask(chance, { accountId, side, at, index, isRising }),
    );
  });
  return {
    seed,
    startMs,
    index: {
      start: index,
      noise: chance.between(1, 30),
      jumpProbability: chance.between(0.1, 0.4),
      jump: isRising ? chance.between(600, 1_800) : chance.between(-900, -500),
    },
    accounts,
    tasks,
    daemons: chance.pick([1, 2, 2]),
    hostileMs,
    incidents: drawIncidents(chance, chance.whole(0, Math.round(hostileMs / 6_000)), hostileMs),
    activeMax: chance.pick([0, 100]),
  };
}

interface TaskSetting {
  readonly accountId: string;
  readonly side: 'Buy' | 'Sell';
  /** Place among the tasks of the account; each holds an option of its own. */
  readonly at: number;
  readonly index: number;
  readonly isRising: boolean;
}

function planTask(chance: Chance, { accountId, side, at, index, isRising }: TaskSetting): PlannedTask {
  const away = 1_000 * (at + 1);
  const strike = isRising ? index + away : index - away;
  const level = isRising ? index + chance.whole(100, 1_500) : index - chance.whole(100, 1_500);
  const hold = chance.happens(0.1) ? { for: `${chance.whole(1, 4)}s` } : {};
  const step = chance.pick([1, 1, 2]);
  const qty = chance.pick(['0.05', '0.1', '0.3', '1', '2.5']);
  const target = chance.pick([`${isRising ? '+' : '-'}${step} steps`, (isRising ? 1 : -1) * step * 1_000]);
  const execution = drawExecution(chance);
  const leg2 = {
    fallback: chance.pick(['keepTrying', 'keepTrying', 'keepTrying', 'reopenLeg1', 'stayFlat']),
    attempts: chance.whole(1, 6),
  };
  const follow = chance.pick([...Array<string>(6).fill('strike'), 'percent', 'fixed']);
  return {
    accountId,
    taskId: `sim${accountId}x${at}`,
    side,
    qty,
    spec: {
      symbol: `BTC-${expiry}-${strike}-${isRising ? 'C' : 'P'}-USDT`,
      trigger: { index: { [isRising ? 'above' : 'below']: level, ...hold } },
      evenIfTrue: true,
      target,
      execution,
      leg2,
      follow,
      guards: {
        cooldown: chance.pick(['2s', '5s', '10s']),
        // A level that stays where it is holds at once again, which is taken only with a number of rolls.
        ...(follow === 'fixed' ? { rolls: { max: 8 } } : {}),
        ...(chance.happens(0.1) ? { rolls: { max: chance.whole(1, 6) } } : {}),
      },
    },
  };
}
