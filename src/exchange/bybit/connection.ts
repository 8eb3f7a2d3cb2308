/**
 * One websocket kept alive: gives stream.machine its socket, timers and voice. It owns sending, receiving and counting
 * what cannot be read; the order of steps is the machine's, the meaning of data its listener's. Local time throughout.
 * Source: bybit-v5.md §4.
 */
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { createActor, fromCallback, fromPromise } from 'xstate';
import { ZodError } from 'zod';
import { type StreamEvent, type StreamSettings, streamMachine } from '../../../machines/stream.machine.ts';
import type { Inspection } from '../../ports/inspection.ts';
import type { ExchangeClock } from './exchange-clock.ts';
import { readFrame } from './frames.ts';
import type { LocalTime } from './local-time.ts';
import type { DataFrame } from './messages.ts';
import { shortReason, Unreadable } from './parse.ts';
import type { RollingWindow } from './rolling-window.ts';
import { type Topic, TopicBook } from './topics.ts';

export interface StreamTimes extends Omit<StreamSettings, 'needsLogin'> {
  readonly pingEveryMs: number;
  /** How long after a ping the exchange may say nothing at all. */
  readonly pongMaxMs: number;
  /** How long a continuously pushed topic may be silent. */
  readonly staleAfterMs: number;
}

export const streamTimes: StreamTimes = {
  stepMaxMs: 10_000,
  staleMaxMs: 15_000,
  steadyAfterMs: 60_000,
  backOffFirstMs: 500,
  backOffCapMs: 30_000,
  pingEveryMs: 20_000,
  pongMaxMs: 10_000,
  staleAfterMs: 10_000,
};

/** What connections of one exchange share. */
export interface StreamTools {
  readonly clock: ExchangeClock;
  readonly local: LocalTime;
  readonly log: Logger;
  /** In [0, 1). */
  readonly random: () => number;
  readonly budget: RollingWindow;
  readonly times: StreamTimes;
  readonly counters: { malformedFrames: number; connections: number };
  /** Who may be watching the streams. */
  readonly inspection?: Inspection | undefined;
  /** A price older than this on arrival, by exchange time, is no news; `Infinity` where that clock may jump. */
  readonly priceAgeMaxMs: number;
}

export interface ConnectionPlan {
  readonly name: string;
  readonly url: string;
  /** The log-in frame, made anew for each connection; null on public streams. */
  readonly login: (() => object) | null;
  /** Topics in one request share its fate, so public ones are asked for one by one. */
  readonly topicsPerRequest: number;
  /** Takes out of a reason what nobody is to read. */
  readonly mask?: (text: string) => string;
  readonly listener: ConnectionListener;
}

export interface ConnectionListener {
  /**
   * True when the data is fresh; what is not does not end a silence. May throw `Unreadable` or a `ZodError`: the frame
   * is then counted as malformed.
   */
  data(frame: DataFrame): boolean;
  live(): void;
  stale(reason: string): void;
  /** Not connected any more; repeated at every failed attempt. */
  lost(reason: string): void;
  loginRefused(reason: string): void;
}

const topicCheckEveryMs = 250;
const frameBytesMax = 8 * 1024 * 1024;

/** In this process, so that no two are shown under one name. */
let connectionsMade = 0;

export class Connection {
  readonly #plan: ConnectionPlan;
  readonly #tools: StreamTools;
  readonly #log: Logger;
  readonly #topics = new TopicBook();
  readonly #actor;
  /** Its name for those who watch: without the account. */
  readonly #shownAs: string;
  #socket: WebSocket | null = null;
  #requests = new Map<string, readonly string[]>();
  #requestsMade = 0;
  #lastFrameAtMs = 0;
  #checkTopics: (() => void) | null = null;
  #isSilent = false;

  constructor(plan: ConnectionPlan, tools: StreamTools) {
    this.#plan = plan;
    this.#tools = tools;
    this.#log = tools.log.child({ stream: plan.name });
    connectionsMade += 1;
    this.#shownAs = `${plan.login ? 'account' : plan.name} stream ${connectionsMade}`;
    this.#actor = createActor(this.#machine(), {
      input: { ...tools.times, needsLogin: plan.login !== null },
      inspect: (event) => tools.inspection?.see(this.#shownAs, event),
    });
    this.#actor.start();
  }

  open(): void {
    this.#tools.inspection?.follow(this.#shownAs, this.#actor);
    this.#actor.send({ type: 'OPEN' });
  }

  close(): void {
    this.#actor.send({ type: 'CLOSE' });
    this.#tools.inspection?.leave(this.#shownAs);
  }

  add(topic: Topic): void {
    if (this.#topics.add(topic)) this.#actor.send({ type: 'TOPICS_ADDED' });
  }

  /** Nothing of it is wanted any more; what is on its way may still come. */
  remove(name: string): void {
    if (this.#topics.remove(name)) this.#send({ op: 'unsubscribe', args: [name] });
  }

  #machine() {
    const { listener } = this.#plan;
    const { random } = this.#tools;
    const reasonOf = ({ context }: { context: { reason: string } }): string => context.reason;
    return streamMachine.provide({
      actors: {
        socket: fromCallback<StreamEvent>(({ sendBack }) => this.#openSocket(sendBack)),
        heartbeat: fromCallback<StreamEvent>(({ sendBack }) => this.#heartbeat(sendBack)),
        'topic watch': fromCallback<StreamEvent>(({ sendBack }) => this.#watchTopics(sendBack)),
        alarm: fromPromise<unknown, { readonly waitMs: number }>(({ input, signal }) =>
          this.#wait(input.waitMs, signal),
        ),
        'alarm with jitter': fromPromise<unknown, { readonly waitMs: number }>(({ input, signal }) =>
          this.#wait(input.waitMs * (0.5 + random() / 2), signal),
        ),
      },
      actions: {
        'send login': () => this.#sendLogin(),
        'send subscriptions': () => this.#sendSubscriptions(),
        'report live': () => this.#tell('live', () => listener.live()),
        'report stale': (args) => this.#tell('stale', () => listener.stale(reasonOf(args)), reasonOf(args)),
        'report lost': (args) => this.#tell('lost', () => listener.lost(reasonOf(args)), reasonOf(args)),
        'report login refused': (args) =>
          this.#tell('login refused', () => listener.loginRefused(reasonOf(args)), reasonOf(args)),
      },
    });
  }

  /** A listener's mistake must not end the machine. */
  #tell(what: string, tell: () => void, reason = ''): void {
    this.#log[what === 'live' ? 'info' : 'warn']({ reason }, `stream ${what}`);
    try {
      tell();
    } catch (error) {
      this.#log.error({ err: error }, `a listener failed on "${what}"`);
    }
  }

  #wait(waitMs: number, signal: AbortSignal): Promise<unknown> {
    return new Promise((resolve) => {
      const cancel = this.#tools.local.after(waitMs, () => resolve(undefined));
      signal.addEventListener('abort', cancel);
    });
  }

  #openSocket(sendBack: (event: StreamEvent) => void): () => void {
    let isOver = false;
    let socket: WebSocket | null = null;
    const closed = (reason: string): void => {
      if (!isOver) sendBack({ type: 'SOCKET_CLOSED', reason });
      isOver = true;
    };
    this.#topics.startOver();
    this.#requests.clear();
    this.#isSilent = false;
    const connect = (): void => {
      if (isOver) return;
      this.#tools.counters.connections += 1;
      socket = new WebSocket(this.#plan.url, { perMessageDeflate: false, maxPayload: frameBytesMax });
      this.#socket = socket;
      socket.on('open', () => {
        if (!isOver) sendBack({ type: 'SOCKET_OPENED' });
      });
      socket.on('message', (data: Buffer) => {
        if (!isOver) this.#receive(data.toString('utf8'), sendBack);
      });
      socket.on('error', (error) => closed(`the socket failed: ${error.message}`));
      socket.on('close', (code) => closed(`the exchange closed the socket (code ${code})`));
    };
    this.#tools.budget
      .take()
      .then(connect)
      .catch((error: unknown) => closed(shortReason(error)));
    return () => {
      isOver = true;
      socket?.terminate();
      this.#socket = null;
    };
  }

  #heartbeat(sendBack: (event: StreamEvent) => void): () => void {
    const { local, times } = this.#tools;
    let cancel = (): void => undefined;
    const ping = (): void => {
      const sentAtMs = local.nowMs();
      this.#send({ op: 'ping' });
      cancel = local.after(times.pongMaxMs, () => {
        const silentMs = Math.round(local.nowMs() - this.#lastFrameAtMs);
        if (this.#lastFrameAtMs < sentAtMs) {
          sendBack({ type: 'HEARTBEAT_MISSED', reason: `nothing heard for ${silentMs} ms` });
        } else cancel = local.after(times.pingEveryMs - times.pongMaxMs, ping);
      });
    };
    cancel = local.after(times.pingEveryMs, ping);
    return () => cancel();
  }

  #watchTopics(sendBack: (event: StreamEvent) => void): () => void {
    const { local, times } = this.#tools;
    let isSubscribed = false;
    let cancel = (): void => undefined;
    const check = (): void => {
      cancel();
      cancel = local.after(topicCheckEveryMs, check);
      if (!isSubscribed) {
        isSubscribed = this.#reportReadiness(sendBack);
        return;
      }
      const silent = this.#topics.silent(local.nowMs(), times.staleAfterMs);
      if (silent !== null && !this.#isSilent) {
        this.#isSilent = true;
        sendBack({ type: 'WENT_SILENT', reason: `no ${silent} for ${times.staleAfterMs} ms` });
      } else if (silent === null && this.#isSilent) {
        this.#isSilent = false;
        sendBack({ type: 'FLOWS_AGAIN' });
      }
    };
    // Not at once: the subscriptions are sent after this starts.
    cancel = local.soon(check);
    this.#checkTopics = check;
    return () => {
      cancel();
      this.#checkTopics = null;
    };
  }

  #reportReadiness(sendBack: (event: StreamEvent) => void): boolean {
    const { local, times } = this.#tools;
    const readiness = this.#topics.readiness(local.nowMs(), times.stepMaxMs / 2);
    if (readiness.kind === 'refused') sendBack({ type: 'SUBSCRIPTION_REFUSED', reason: readiness.reason });
    if (readiness.kind !== 'ready') return false;
    if (readiness.unproved.length > 0) {
      this.#log.error({ topics: readiness.unproved }, 'subscribed, but nothing comes');
    }
    sendBack({ type: 'SUBSCRIBED' });
    return true;
  }

  #receive(text: string, sendBack: (event: StreamEvent) => void): void {
    this.#lastFrameAtMs = this.#tools.local.nowMs();
    const frame = readFrame(text);
    switch (frame.kind) {
      case 'data':
        this.#receiveData(frame.frame, frame.sentAtMs);
        return;
      case 'pong':
        if (frame.sentAtMs !== null) this.#tools.clock.observe(frame.sentAtMs);
        return;
      case 'login':
        if (frame.accepted) sendBack({ type: 'LOGGED_IN' });
        else sendBack({ type: 'LOGIN_REFUSED', reason: this.#masked(frame.reason) });
        return;
      case 'subscription':
        this.#receiveVerdict(frame.requestId, frame.accepted, frame.reason);
        return;
      case 'topics':
        this.#topics.taken(frame.taken);
        this.#refuse(frame.refused, 'it is among the failTopics');
        this.#checkTopics?.();
        return;
      case 'malformed':
        this.#countMalformed(frame.topic, frame.reason);
    }
  }

  #receiveData(frame: DataFrame, sentAtMs: number | null): void {
    if (sentAtMs !== null) this.#tools.clock.observe(sentAtMs);
    try {
      if (!this.#plan.listener.data(frame)) return;
    } catch (error) {
      if (error instanceof Unreadable || error instanceof ZodError) {
        this.#countMalformed(frame.topic, shortReason(error));
        return;
      }
      this.#log.error({ err: error, topic: frame.topic }, 'a listener failed on data');
    }
    const isFirst = this.#topics.heard(frame.topic, this.#lastFrameAtMs);
    if (isFirst || this.#isSilent) this.#checkTopics?.();
  }

  #receiveVerdict(requestId: string, accepted: boolean, reason: string): void {
    const names = this.#requests.get(requestId);
    if (!names) {
      this.#countMalformed('', `an answer to an unknown request ${JSON.stringify(requestId)}: ${reason}`);
      return;
    }
    this.#requests.delete(requestId);
    if (accepted) this.#topics.taken(names);
    else this.#refuse(names, reason);
    this.#checkTopics?.();
  }

  #refuse(names: readonly string[], reason: string): void {
    if (names.length === 0) return;
    const masked = this.#masked(reason);
    this.#log.error({ topics: names, reason: masked }, 'subscription refused');
    this.#topics.refused(names, masked);
  }

  #countMalformed(topic: string, reason: string): void {
    this.#tools.counters.malformedFrames += 1;
    const shown = { topic: this.#masked(topic), reason: this.#masked(reason) };
    this.#log.warn(shown, 'a frame could not be read and was skipped');
  }

  #masked(text: string): string {
    return this.#plan.mask?.(text) ?? text;
  }

  #sendLogin(): void {
    if (this.#plan.login) this.#send(this.#plan.login());
  }

  #sendSubscriptions(): void {
    const names = this.#topics.takeUnasked(this.#tools.local.nowMs());
    for (let start = 0; start < names.length; start += this.#plan.topicsPerRequest) {
      const args = names.slice(start, start + this.#plan.topicsPerRequest);
      this.#requestsMade += 1;
      const requestId = `s${this.#requestsMade}`;
      this.#requests.set(requestId, args);
      this.#send({ req_id: requestId, op: 'subscribe', args });
    }
  }

  #send(frame: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}
