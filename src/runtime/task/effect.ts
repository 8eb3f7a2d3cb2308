/**
 * Turns an async function into an XState actor that can be invoked. Unlike a promise actor, it gives its result to the
 * task, which delivers it as a turn of its own. The function can ask its task whether the turn that invoked it is
 * committed, and whether it was only restarted with a restored snapshot.
 */
import type { ActorLogic, PromiseActorLogic, Snapshot } from 'xstate';
import type { AccountStanding } from '../../domain/rules/account-limits.ts';
import type { FeeRates } from '../../domain/market/fee-rates.ts';
import type { CheckedOrder } from '../../domain/market/pre-check.ts';
import type { MarketReading, Stamp, Stamped } from '../../domain/orders/outcomes.ts';
import type { ReadingNeeds } from '../../domain/roll/planning.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventCalendarReader } from '../../ports/event-calendar.ts';
import type { TradingAccount } from '../../ports/exchange.ts';
import type { MarketData } from '../../ports/market-data.ts';

/** What an effect may use of its task. The getters are read synchronously, inside the turn that invoked the effect. */
export interface EffectHost {
  readonly account: TradingAccount;
  readonly market: MarketData;
  readonly clock: Clock;
  /** Absent where the operator has none. */
  readonly calendar?: EventCalendarReader | undefined;
  /** The account's own fee rates for a base coin; `null` while they are not known. */
  feesOf(baseCoin: string): FeeRates | null;
  /** Whether some rule of the task lets its orders wait in the book. */
  readonly mayRest: boolean;
  /** What the reading for the plan that comes next depends on. */
  readonly needs: ReadingNeeds;
  /** Whether a restored snapshot started the effect: it may have acted before. */
  readonly isResuming: boolean;
  /** Resolves when the task may decide (admission.ts); never when `stopping` comes first. */
  admitted(stopping: Stopping): Promise<void>;
  /** Resolves with the exchange time of the current turn once that turn is durable; never when the task is lost. */
  committed(): Promise<number>;
  /** What limits the account at this moment; `null` where nothing does. */
  standing(atMs: number): AccountStanding | null;
  /** What a roll that is planned on this reading would open and the exchange was not asked about. */
  wantedChecks(reading: MarketReading): readonly CheckedOrder[];
  /** Whether the order of this link id may leave: while trading is halted, none of leg 1 that was not sent yet may. */
  mayLeave(linkId: string): boolean;
  /** Resolves once every turn made so far is durable. */
  settled(): Promise<void>;
  /** Runs `complete` as a turn of its own, with the stamp of that turn. */
  deliver(complete: (stamp: Stamp) => void): void;
}

/** By actor system; a task and its orders share one. */
const hosts = new WeakMap<object, EffectHost>();

/** Sets the host that effects in this actor system will find. */
export const hostEffects = (system: object, host: EffectHost): void => {
  hosts.set(system, host);
};

/** The host that was set for this actor system. @throws Error when none was */
export function hostOf(system: object): EffectHost {
  const host = hosts.get(system);
  if (!host) throw new Error('an effect was invoked outside of a task');
  return host;
}

/** Shows an effect that its actor was stopped. An AbortSignal would cost too much for thousands a second. */
export class Stopping {
  #isStopped = false;
  #whenStopped: () => void = () => {};

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Sets what `stop` calls, instead of what was set before: an effect waits for one thing at a time. */
  call(whenStopped: () => void): void {
    this.#whenStopped = whenStopped;
  }

  /** Marks the effect as stopped, and calls what was set last. To be called once. */
  stop(): void {
    this.#isStopped = true;
    this.#whenStopped();
  }
}

/** Resolves with `{}` once the exchange's clock shows `atMs`; never when `stopping` comes first. */
export const untilTime = (clock: Clock, atMs: number, stopping: Stopping): Promise<object> =>
  new Promise((resolve) => stopping.call(clock.alarm(atMs, () => resolve({}))));

type EffectSnapshot<Answer, Input> = Snapshot<Stamped<Answer>> & { input: Input | undefined };
type Completed<Answer> = { type: 'effect.completed'; output: Stamped<Answer> } | { type: 'xstate.stop' };

/** Adds to an answer what is known only in the turn that delivers it. */
type Complete<Answer> = (answer: Answer, host: EffectHost, stamp: Stamp) => Answer;

/**
 * An actor logic that runs `run` with its input, and completes with its answer and the stamp of the turn that delivers
 * it.
 * @param run never rejects: a failure is an answer too; `stopping` shows when the actor is stopped
 */
export function effect<Answer extends object, Input>(
  run: (input: Input, host: EffectHost, stopping: Stopping) => Promise<Answer>,
  complete: Complete<Answer> = (answer) => answer,
): PromiseActorLogic<Stamped<Answer>, Input> {
  const running = new WeakMap<object, Stopping>();
  const logic: ActorLogic<EffectSnapshot<Answer, Input>, Completed<Answer>, Input> = {
    transition: (snapshot, event, { self }) => {
      if (snapshot.status !== 'active') return snapshot;
      if (event.type === 'effect.completed')
        return { ...snapshot, status: 'done', output: event.output, input: undefined };
      running.get(self)?.stop();
      return { ...snapshot, status: 'stopped', input: undefined };
    },
    start: (snapshot, { self, system }) => {
      if (snapshot.status !== 'active') return;
      const host = hostOf(system);
      const stopping = new Stopping();
      running.set(self, stopping);
      void run(snapshot.input as Input, host, stopping).then((answer) => {
        if (stopping.isStopped) return;
        host.deliver((stamp) => {
          const output = { ...complete(answer, host, stamp), ...stamp };
          self.send({ type: 'effect.completed', output });
        });
      });
    },
    getInitialSnapshot: (_, input) => ({ status: 'active', output: undefined, error: undefined, input }),
    getPersistedSnapshot: (snapshot) => snapshot,
    restoreSnapshot: (snapshot) => snapshot as EffectSnapshot<Answer, Input>,
  };
  return logic as unknown as PromiseActorLogic<Stamped<Answer>, Input>;
}
