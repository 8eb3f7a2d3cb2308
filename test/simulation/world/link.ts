/**
 * What lies between one process and the exchange: latency, requests that get lost on the way there or back, arrive
 * late or twice, answers of every class, and clocks that do not agree. The judgement of refusals is the adapter's own
 * table, so that the machines meet exactly the fates that they meet on the real exchange.
 */
import { faultOf, type Command, type Failure } from '../../../src/exchange/bybit/errors.ts';
import { Refusal } from '../../../src/exchange/paper/engine/refusal.ts';
import type { FaultSite } from '../../../src/exchange/paper/faults.ts';
import { Retryable } from '../../../src/domain/errors.ts';
import type { SimClock } from './clock.ts';
import type { SimExchange } from './exchange.ts';
import type { OrderSocket, Riding } from './order-socket.ts';
import type { Process } from './process.ts';
import type { Chance } from './random.ts';
import { StreamTrouble, type LateSubscriptions, type Met, type StreamName } from './streams.ts';
import type { Timeline } from './timeline.ts';
import type { Watch } from './watch.ts';

const timeoutMs = 5_000;
const recvWindowMs = 5_000;
const clockAheadMaxMs = 1_000;

const isWrite = (command: Command): boolean => command !== 'read' && command !== 'check';

/** Faults of the network that the paper exchange cannot inject; each count goes down as its fault happens. */
export interface Weather {
  /** Requests that arrive late, and by how much. */
  lateRequests: number;
  lateByMs: number;
  /** Requests that arrive twice. */
  doubledRequests: number;
  /** Until then, messages of private streams come in any order, and some twice. */
  jumbledUntilMs: number;
  readonly streams: Readonly<Record<StreamName, StreamTrouble>>;
  readonly lateSubscriptions: LateSubscriptions;
}

export const fairWeather = (): Weather => ({
  lateRequests: 0,
  lateByMs: 0,
  doubledRequests: 0,
  jumbledUntilMs: 0,
  streams: { prices: new StreamTrouble(), options: new StreamTrouble(), account: new StreamTrouble() },
  lateSubscriptions: { untilMs: 0, byMs: 0 },
});

/** From now on nothing goes wrong any more. */
export function clearUp(weather: Weather): void {
  Object.assign(weather, { lateRequests: 0, doubledRequests: 0, jumbledUntilMs: 0 });
  weather.lateSubscriptions.untilMs = 0;
  for (const trouble of Object.values(weather.streams)) trouble.end();
}

export interface LinkParts {
  readonly process: Process;
  readonly exchange: SimExchange;
  readonly timeline: Timeline;
  readonly clock: SimClock;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly watch: Watch;
  /** Whose link it is. */
  readonly owner: string;
  /** What streams tell is kept, as the adapter keeps it. Default: everything is asked for. */
  readonly keepsReadings?: boolean;
  /** Where orders go by websocket. Default: all go by REST. */
  readonly orders?: OrderSocket;
  readonly met?: Met;
}

interface Request<T> {
  readonly command: Command;
  readonly site: FaultSite;
  /** Happens at the exchange. */
  readonly act: () => T | Refusal;
  /** The request may not leave after this (exchange time). */
  readonly notAfterMs?: number;
  /** Called when the request really leaves. */
  readonly onLeave?: () => void;
}

export class Link {
  readonly parts: LinkParts;

  constructor(parts: LinkParts) {
    this.parts = parts;
  }

  latencyMs(): number {
    return this.parts.chance.between(3, 60);
  }

  met(what: string): void {
    this.parts.met?.(what);
  }

  /** Commands on orders go by the socket while it takes them. */
  #wayOf({ command, site }: Pick<Request<unknown>, 'command' | 'site'>): OrderSocket | null {
    const { orders } = this.parts;
    const isOfOrder = isWrite(command) && (site.linkId ?? '') !== '';
    return orders && isOfOrder && orders.isLive ? orders : null;
  }

  send<T>({ command, site: from, act: actThere, notAfterMs, onLeave }: Request<T>): Promise<T> {
    const { process, exchange, timeline, clock, weather, watch, owner } = this.parts;
    const orders = this.#wayOf({ command, site: from });
    const site = orders ? { ...from, way: 'websocket' as const } : from;
    const subject = `${command} ${site.linkId ?? site.symbol ?? site.endpoint ?? ''}`;
    const signedAtMs = clock.nowMs();
    if (notAfterMs !== undefined && signedAtMs > notAfterMs)
      return Promise.reject(new Retryable(`${subject}: decided ${signedAtMs - notAfterMs} ms too long ago`));
    onLeave?.();
    return process.call<T>((answer, fail) => {
      watch.left(owner, command);
      const failWith = (failure: Failure): void => fail(faultOf(command, subject, failure));
      const riding: Riding = {
        isTaken: false,
        isLost: false,
        fail: (failure) => {
          callOff();
          timeline.after(this.latencyMs(), () => failWith(failure));
        },
      };
      orders?.ride(riding);
      const callOff = timeline.after(timeoutMs, () => {
        orders?.unanswered(riding);
        failWith({ kind: 'connection', text: 'timeout' });
      });
      const act = (): T | Refusal => {
        riding.isTaken = true;
        return actThere();
      };
      const lost = exchange.faults.strike('loseRequest', site);
      if (lost?.how === 'reset')
        timeline.after(this.latencyMs(), () => failWith({ kind: 'connection', text: 'ECONNRESET' }));
      if (lost) return;
      const lateMs = isWrite(command) && weather.lateRequests > 0 ? weather.lateByMs : 0;
      if (lateMs > 0) weather.lateRequests -= 1;
      timeline.after(this.latencyMs() + lateMs, () => {
        if (riding.isLost) return;
        const outcome = this.#delivered(signedAtMs, { command, site, act });
        if (outcome === null || exchange.faults.strike('loseAnswer', site)) return;
        timeline.after(this.latencyMs(), () => {
          callOff();
          orders?.leave(riding);
          if ('failure' in outcome) failWith(outcome.failure);
          else answer(outcome.value);
        });
      });
    });
  }

  /** Some requests are delivered twice, and only the second answer finds its way back. */
  #delivered<T>(signedAtMs: number, request: Request<T>): { value: T } | { failure: Failure } | null {
    const { weather } = this.parts;
    const first = this.#arrive(signedAtMs, request);
    const isDoubled = isWrite(request.command) && weather.doubledRequests > 0;
    if (!isDoubled || first === null || 'failure' in first) return first;
    weather.doubledRequests -= 1;
    return this.#arrive(signedAtMs, request);
  }

  /** `null`: no answer comes. */
  #arrive<T>(
    signedAtMs: number,
    { command, site, act }: Request<T>,
  ): { value: T } | { failure: Failure } | null {
    const { exchange } = this.parts;
    if (exchange.isAway) return null;
    const httpError = exchange.faults.strike('httpError', site);
    if (httpError) return { failure: { kind: 'http', status: httpError.status } };
    const aheadMs = signedAtMs - exchange.nowMs();
    if (aheadMs >= clockAheadMaxMs || aheadMs < -recvWindowMs)
      return { failure: { kind: 'code', code: 10002, text: 'invalid request, please check your timestamp' } };
    const rejected = command === 'read' ? undefined : exchange.faults.strike('reject', site);
    if (rejected)
      return { failure: { kind: 'code', code: rejected.retCode, text: rejected.retMsg ?? 'rejected' } };
    this.parts.watch.arrived(this.parts.owner, command);
    const value = act();
    if (value instanceof Refusal) return { failure: { kind: 'code', code: value.code, text: value.text } };
    if (exchange.faults.strike('malformedAnswer', site))
      return { failure: { kind: 'unreadable', text: 'it is cut off' } };
    return { value };
  }
}
