/**
 * A world in which one task rolls once, and the faults that can be injected at a chosen moment of a chosen effect. It owns
 * the plan of the world, the faults and the check of the end; the table chooses which fault comes when.
 */
import { alertText } from '../../src/domain/explain/alert-text.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { add } from '../../src/domain/money.ts';
import { Episode } from '../simulation/episode.ts';
import type { Incident } from '../simulation/incidents.ts';
import type { EpisodePlan } from '../simulation/plan.ts';
import type { PlannedLeg } from '../simulation/structures-plan.ts';
import { EffectLife, type Moment, type Nature } from './effect-life.ts';
import { tampering } from './tampered-host.ts';
import { seed } from '../support/seed.ts';

const accountId = '1';
const taskId = 'table';
const qty = '0.3';
const usualStartMs = Date.UTC(2023, 2, 1, 9);
const backAfterMs = 100;
/** Longer than another daemon needs to look for free accounts, adopt the task and continue. */
const standStillMs = 2_600;
/** Later than the look-ups of a daemon that is back, and still within the exchange's receive window. */
const lateMs = 4_000;

/** What makes a roll run the effect of a row of the table. */
export interface Story {
  readonly spec?: object;
  /** Of a structure; default one short call. */
  readonly legs?: readonly PlannedLeg[];
  readonly incidents?: readonly Incident[];
  /** The daemon reads ahead, keeps what streams tell, and sends orders by websocket. */
  readonly keepsReadings?: true;
  /** Time until the world is calm; default 30 s. */
  readonly lastsMs?: number;
  /** Exchange time; default 1 March 2023. */
  readonly startMs?: number;
  /** Where it differs from a roll of everything to the next strike. */
  readonly ends?: Partial<Result>;
}

/** What is there in the end. */
export interface Result {
  readonly rolls: number;
  readonly closed: string;
  readonly opened: string;
  /** As `Sell 0.3 BTC-10MAR23-27000-C-USDT`. */
  readonly positions: string;
  readonly state: string;
}

const rolled: Result = {
  rolls: 1,
  closed: qty,
  opened: qty,
  positions: `Sell ${qty} BTC-10MAR23-27000-C-USDT`,
  state: 'COMPLETED',
};

export type Fault =
  | 'crash'
  | 'crash, and the request arrives late'
  | 'the request comes twice'
  | 'the answer comes twice'
  | 'conflict';

export interface FaultPlan {
  readonly effect: string;
  readonly moment: Moment;
  /** The fault comes the nth time that the effect comes to this moment; from 1. */
  readonly nth: number;
  readonly fault: Fault;
}

export interface Ending {
  /** How often each effect came to each moment, by `momentKey`. */
  readonly moments: ReadonlyMap<string, number>;
  /** States of the turns that were stored, in order. */
  readonly states: readonly string[];
  /** Texts of the alerts, in order. */
  readonly alerts: readonly string[];
  /** Everything that is not as after a roll without faults; also a planned fault that never happened. */
  readonly problems: readonly string[];
}

export const momentKey = (effect: string, moment: Moment): string => `${effect} ${moment}`;

export type KillMoment = 'made' | 'stored' | 'left' | 'arrived';

export interface Circumstances {
  /** Of the effects that are followed. */
  readonly natures: Readonly<Record<string, Nature>>;
  readonly daemons: number;
  readonly plan?: FaultPlan;
  /**
   * The daemon is killed at the nth turn, from 1, just before it is stored or just after; or at its nth order, on the way to the
   * exchange or when it is there.
   */
  readonly killAt?: { readonly moment: KillMoment; readonly nth: number };
  /** Done to the world before it begins. */
  readonly tamper?: (episode: Episode) => void;
}

/** The database acknowledges what it does not store, once. */
export function forgetsATurn({ database }: Episode): void {
  const flush = database.flush.bind(database);
  let flushes = 0;
  database.flush = (owner, turns) => ((flushes += 1) === 2 ? turns.map(() => null) : flush(owner, turns));
}

/** Plays the story, with at most one fault. */
export async function play(
  story: Story,
  { natures, daemons, plan, killAt, tamper = () => undefined }: Circumstances,
): Promise<Ending> {
  const moments = new Map<string, number>();
  const problems = new Set<string>();
  const turns: Record<KillMoment, number> = { made: 0, stored: 0, left: 0, arrived: 0 };
  const states: string[] = [];
  const count = (moment: KillMoment, owner: string): void => {
    turns[moment] += 1;
    if (killAt?.moment === moment && killAt.nth === turns[moment]) injections.crash(episode, owner);
  };
  let hasHappened: HasHappened = () => plan === undefined;
  const life = new EffectLife({
    machine: rollMachine,
    natures,
    justBefore: (atMs, action) => {
      const leftMs = atMs - episode.exchange.nowMs() - 1;
      if (leftMs > 0) episode.timeline.after(leftMs, action);
    },
    onEarly: (effect) => problems.add(`"${effect}" left before the turn that decided it was stored`),
    onMoment: (effect, moment, owner) => {
      const nth = (moments.get(momentKey(effect, moment)) ?? 0) + 1;
      moments.set(momentKey(effect, moment), nth);
      if (plan?.effect === effect && plan.moment === moment && plan.nth === nth)
        hasHappened = injections[plan.fault](episode, owner);
    },
  });
  const episode: Episode = new Episode(planOf(story, daemons), {
    watch: {
      made: (owner, record) => {
        life.made(owner, record);
        count('made', owner);
      },
      stored: (owner, record) => {
        if (record.state.startsWith('FAILED')) problems.add('a person was needed');
        states.push(record.state);
        life.stored(owner, record);
        count('stored', owner);
      },
      left: (owner, command) => {
        life.left(owner, command);
        if (command === 'create') count('left', owner);
      },
      arrived: (owner, command) => {
        life.arrived(owner);
        if (command === 'create') count('arrived', owner);
      },
    },
  });
  tampering.stop();
  tamper(episode);
  const { violations, rolls } = await episode.run();
  if (!hasHappened() || (killAt && turns[killAt.moment] < killAt.nth))
    problems.add('the fault never happened');
  return {
    moments,
    states,
    alerts: episode.database.alerts.map(alertText),
    problems: [
      ...problems,
      ...violations.map(({ text }) => text),
      ...differences(episode, rolls, { ...rolled, ...story.ends }),
    ],
  };
}

function planOf(story: Story, daemons: number): EpisodePlan {
  const { spec, legs, incidents = [], lastsMs = 30_000, startMs = usualStartMs, keepsReadings } = story;
  return {
    seed,
    startMs,
    index: { start: 25_100, noise: 0, jumpProbability: 0, jump: 0 },
    accounts: [{ accountId, usdt: '1000000' }],
    tasks: [
      {
        accountId,
        taskId,
        side: 'Sell',
        qty,
        ...(legs && { legs }),
        spec: {
          ...(legs ? { legs: legs.map(writtenLeg) } : { symbol: 'BTC-10MAR23-26000-C-USDT' }),
          ...(spec && 'rules' in spec ? {} : { trigger: 25_000, target: '+1000' }),
          evenIfTrue: true,
          execution: { every: '500ms', steps: 3, deadline: '5s', slippage: { max: '50%' } },
          guards: { cooldown: '1s', rolls: { max: 1 } },
          ...spec,
        },
      },
    ],
    daemons,
    hostileMs: lastsMs,
    activeMax: 0,
    incidents,
    ...(keepsReadings && { keepsReadings }),
  };
}

const writtenLeg = ({ symbol, side }: PlannedLeg) => ({ symbol, side: side === 'Sell' ? 'short' : 'long' });

/** Called at the end. */
type HasHappened = () => boolean;

const injections: Record<Fault, (episode: Episode, owner: string) => HasHappened> = {
  crash: (episode, owner) => {
    daemonOf(episode, owner).process.kill();
    episode.timeline.after(backAfterMs, () => episode.startDaemon(0));
    return () => true;
  },
  'crash, and the request arrives late': (episode, owner) => {
    Object.assign(daemonOf(episode, owner).weather, { lateRequests: 1, lateByMs: lateMs });
    return injections.crash(episode, owner);
  },
  'the request comes twice': (episode, owner) => {
    const { weather } = daemonOf(episode, owner);
    weather.doubledRequests = 1;
    return () => weather.doubledRequests === 0;
  },
  'the answer comes twice': () => {
    tampering.doublesAnswer = true;
    return () => !tampering.doublesAnswer;
  },
  /** The daemon stands still there, its session ends, and when it continues another daemon has adopted the task. */
  conflict: (episode, owner) => {
    const daemon = daemonOf(episode, owner);
    let ownerMeanwhile: string | undefined = owner;
    daemon.process.stop(standStillMs);
    daemon.store.loseSession();
    episode.timeline.after(standStillMs - 1, () => (ownerMeanwhile = episode.database.ownerOf(taskId)));
    return () => ownerMeanwhile !== owner;
  },
};

function daemonOf({ daemons }: Episode, owner: string) {
  const daemon = daemons.find((one) => one.owner === owner);
  if (!daemon) throw new Error(`no daemon ${owner} runs`);
  return daemon;
}

/** What the exchange and the task have in the end, where that is not what it should be. */
function differences({ exchange, database }: Episode, rolls: number, wanted: Result): string[] {
  const { orders, positions } = exchange.account(accountId).state;
  const executed = (prefix: string) =>
    orders
      .filter(({ linkId }) => linkId.startsWith(prefix))
      .reduce((sum, one) => add(sum, one.executedQty), '0');
  const held = Object.values(positions)
    .map((one) => `${one.side} ${one.qty} ${one.symbol}`)
    .sort();
  const found: Result = {
    rolls,
    closed: executed('close-'),
    opened: executed('open-'),
    positions: held.join(', '),
    state: database.task(taskId)?.state ?? '',
  };
  return (Object.keys(wanted) as (keyof Result)[]).flatMap((what) =>
    found[what] === wanted[what] ? [] : [`${what}: ${found[what]} instead of ${wanted[what]}`],
  );
}
