/**
 * One websocket kept alive: gives stream.machine its socket, its timers and its reports. It owns sending, receiving and
 * counting frames that cannot be read. The machine owns the order of steps, subscriptions.ts which topics deliver, and the
 * listener what data and answers to commands mean. All times are local. Source: Bybit docs v5/ws/connect.
 */
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { createActor, fromCallback, fromPromise } from 'xstate';
import { ZodError } from 'zod';
import { type StreamEvent, streamMachine } from '../../../../machines/stream.machine.ts';
import { messageOf } from '../../../domain/errors.ts';
import { plainText } from '../../../domain/foreign-text.ts';
import type { ConnectionPlan, StreamTools } from './connection-plan.ts';
import { type Frame, readFrame, type RequestAnswer, type TopicsAnswer } from './frames.ts';
import type { DataFrame } from '../messages.ts';
import { fewOf, Outages } from './outages.ts';
import { shortReason, Unreadable } from '../parse.ts';
import { RareLog } from '../rare-log.ts';
import { Subscriptions } from './subscriptions.ts';
import type { Standing, Topic } from './topics.ts';
import { wireLimits } from '../wire-limits.ts';

const topicCheckEveryMs = 250;
/** The share of the connections of five minutes that has to be free for one that can be done without. */
const spareRoomMin = 0.5;
/** How much of a frame that cannot be read is passed on, in characters. */
const quotedLengthMax = 1_024;

/** Counted over the whole process, so that no two connections have the same name in the inspector. */
let connectionsMade = 0;

export class Connection {
  readonly #plan: ConnectionPlan;
  readonly #tools: StreamTools;
  readonly #log: Logger;
  readonly #subscriptions: Subscriptions;
  readonly #outages: Outages;
  readonly #malformed: RareLog;
  readonly #mistakes: RareLog;
  readonly #actor;
  /** Its name in the inspector, without the account. */
  readonly #shownAs: string;
  #socket: WebSocket | null = null;
  #lastFrameAtMs = 0;
  #lastReason = '';
  #checkTopics: (() => void) | null = null;

  constructor(plan: ConnectionPlan, tools: StreamTools) {
    this.#plan = plan;
    this.#tools = tools;
    this.#log = tools.log.child({ stream: plan.name });
    const { local, times } = tools;
    this.#outages = new Outages(this.#log, local, times);
    this.#malformed = new RareLog('a frame could not be read and was skipped', { log: this.#log, local });
    this.#mistakes = new RareLog('a listener failed on data', { log: this.#log, local });
    this.#subscriptions = new Subscriptions({
      topicsPerRequest: plan.topicsPerRequest,
      times: { ...times, proofMaxMs: times.stepMaxMs / 2 },
      random: tools.random,
      nowMs: () => local.nowMs(),
      send: (frame) => void this.#send(frame),
      onProved: (names) => this.#onProved(names),
      onMissing: (names, reason) => this.#onMissing(names, reason),
    });
    connectionsMade += 1;
    this.#shownAs = `${plan.shownAs ?? plan.name} stream ${connectionsMade}`;
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
    this.#outages.close();
    this.#malformed.flush();
    this.#mistakes.flush();
  }

  /** Connected, and at least one wanted topic delivers, or none is wanted. */
  get isLive(): boolean {
    return this.#actor.getSnapshot().matches({ attached: { connected: 'live' } });
  }

  /** Local time of the last frame of any kind. */
  get lastFrameAtMs(): number {
    return this.#lastFrameAtMs;
  }

  /** Writes a frame at once. @returns false when nothing of it was written, because the connection is not live */
  write(frame: object): boolean {
    return this.isLive && this.#send(frame);
  }

  /** Asks for a sign of life, beside the usual pings. */
  ping(): void {
    this.#send({ op: 'ping' });
  }

  /** Gives the socket up for another one. */
  renew(reason: string): void {
    this.#actor.send({ type: 'SOCKET_CLOSED', reason });
  }

  add(topic: Topic): void {
    if (this.#subscriptions.add(topic)) this.#actor.send({ type: 'TOPICS_ADDED' });
  }

  /** The topic is no longer wanted; data that is on its way may still arrive. */
  remove(name: string): void {
    this.#subscriptions.remove(name);
    this.#outages.forget(name);
  }

  #machine() {
    const { listener, login } = this.#plan;
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
        'send login': () => login && this.#send(login()),
        'send subscriptions': () => this.#subscriptions.ask(),
        'report live': () => this.#report('live', () => listener.live()),
        'report stale': (args) => this.#report('stale', () => listener.stale(reasonOf(args)), reasonOf(args)),
        'report lost': (args) => {
          this.#outages.begin(this.#subscriptions.names, reasonOf(args));
          this.#report('lost', () => listener.lost(reasonOf(args)), reasonOf(args));
        },
        'report login refused': (args) =>
          this.#report('login refused', () => listener.loginRefused(reasonOf(args)), reasonOf(args)),
      },
    });
  }

  #report(what: string, report: () => void, reason = ''): void {
    if (what === 'live') this.#log.info('stream connected');
    else this.#log[this.#levelOf(what, reason)]({ reason }, `stream ${what}`);
    this.#lastReason = reason;
    this.#guard(what, report);
  }

  #levelOf(what: string, reason: string): 'debug' | 'warn' {
    // What can be done without need not say again and again why it is not there.
    if (what === 'lost' && this.#plan.isSpare === true && reason === this.#lastReason) return 'debug';
    return what === 'stale' ? this.#missingLevel : 'warn';
  }

  /** A listener with `missing` logs each topic itself. */
  get #missingLevel(): 'debug' | 'warn' {
    return this.#plan.listener.missing ? 'debug' : 'warn';
  }

  /** A listener that throws must not end the machine. */
  #guard(what: string, report: () => void): void {
    try {
      report();
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
    this.#subscriptions.startOver();
    const connect = (): void => {
      if (isOver) return;
      this.#tools.counters.connections += 1;
      socket = new WebSocket(this.#plan.url, {
        perMessageDeflate: false,
        maxPayload: wireLimits.frameBytesMax,
        maxFragments: wireLimits.fragmentsMax,
      });
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
    this.#mayConnect()
      .then(connect)
      .catch((error: unknown) => closed(shortReason(error)));
    return () => {
      isOver = true;
      socket?.terminate();
      this.#socket = null;
    };
  }

  /** A spare one does not queue: it is tried again later, when there is room for it and for others to come back. */
  #mayConnect(): Promise<unknown> {
    const { budget } = this.#tools;
    if (this.#plan.isSpare === true && budget.room < spareRoomMin)
      return Promise.reject(new Error('new connections are kept for prices and events'));
    return budget.take();
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
          sendBack({ type: 'HEARTBEAT_MISSED', reason: `nothing received for ${silentMs} ms` });
        } else cancel = local.after(times.pingEveryMs - times.pongMaxMs, ping);
      });
    };
    cancel = local.after(times.pingEveryMs, ping);
    return () => cancel();
  }

  #watchTopics(sendBack: (event: StreamEvent) => void): () => void {
    const { local } = this.#tools;
    let before: Standing = 'waiting';
    let cancel = (): void => undefined;
    const check = (): void => {
      cancel();
      cancel = local.after(topicCheckEveryMs, check);
      const standing = this.#subscriptions.review();
      if (standing === before) return;
      before = standing;
      sendBack(eventOf(standing));
    };
    // Not at once, because the subscriptions are sent after this actor starts.
    cancel = local.soon(check);
    this.#checkTopics = check;
    return () => {
      cancel();
      this.#checkTopics = null;
    };
  }

  #onProved(names: readonly string[]): void {
    this.#outages.end(names);
    this.#guard('proved', () => this.#plan.listener.proved?.(names));
  }

  #onMissing(names: readonly string[], reason: string): void {
    const message = 'no data comes for these topics; they are asked for again';
    this.#log[this.#missingLevel]({ topics: fewOf(names), reason }, message);
    this.#outages.begin(names, reason);
    this.#guard('missing', () => this.#plan.listener.missing?.(names, `${fewOf(names)}: ${reason}`));
  }

  /** No error may leave the handler of the socket's event, because that would end the process. */
  #receive(text: string, sendBack: (event: StreamEvent) => void): void {
    this.#lastFrameAtMs = this.#tools.local.nowMs();
    try {
      const frame = readFrame(text);
      this.#read(frame, sendBack);
      if (frame.kind === 'malformed' && frame.topic === '')
        this.#plan.listener.unreadable?.(frame.reason, text.slice(0, quotedLengthMax));
    } catch (error) {
      this.#countMalformed('', `reading it failed: ${messageOf(error)}`);
    }
  }

  #read(frame: Frame, sendBack: (event: StreamEvent) => void): void {
    switch (frame.kind) {
      case 'answer':
        if (frame.sentAtMs !== null) this.#tools.clock.observeFrame(frame.sentAtMs);
        if (this.#plan.listener.answer) this.#plan.listener.answer(frame);
        else this.#countMalformed('', 'an answer to a command that was never sent');
        return;
      case 'data':
        this.#receiveData(frame.frame, frame.sentAtMs);
        return;
      case 'pong':
        if (frame.sentAtMs !== null) this.#tools.clock.observeFrame(frame.sentAtMs);
        return;
      case 'login':
        if (frame.accepted) sendBack({ type: 'LOGGED_IN' });
        else sendBack({ type: 'LOGIN_REFUSED', reason: this.#masked(frame.reason) });
        return;
      case 'subscription':
        if (this.#subscriptions.takeRequestAnswer(frame)) this.#checkTopics?.();
        else this.#countUnknownAnswer(frame);
        return;
      case 'topics':
        if (this.#subscriptions.takeTopicsAnswer(frame)) this.#checkTopics?.();
        else this.#countUnknownAnswer(frame);
        return;
      case 'unsubscription':
        return;
      case 'malformed':
        this.#countMalformed(frame.topic, frame.reason);
    }
  }

  #countUnknownAnswer({ reason }: RequestAnswer | TopicsAnswer): void {
    this.#countMalformed('', `an answer to an unknown request: ${reason}`);
  }

  #receiveData(frame: DataFrame, sentAtMs: number | null): void {
    if (sentAtMs !== null) this.#tools.clock.observeFrame(sentAtMs);
    try {
      if (!this.#plan.listener.data(frame)) return;
    } catch (error) {
      if (error instanceof Unreadable || error instanceof ZodError) {
        this.#countMalformed(frame.topic, shortReason(error));
        return;
      }
      this.#mistakes.warn(() => ({ err: error, topic: plainText(frame.topic) }));
    }
    if (this.#subscriptions.markReceived(frame.topic)) this.#checkTopics?.();
  }

  #countMalformed(topic: string, reason: string): void {
    this.#tools.counters.malformedFrames += 1;
    this.#malformed.warn(() => ({
      topic: plainText(this.#masked(topic)),
      reason: plainText(this.#masked(reason)),
    }));
  }

  #masked(text: string): string {
    return this.#plan.mask?.(text) ?? text;
  }

  /** @returns false when nothing of it was written */
  #send(frame: object): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }
}

function eventOf(standing: Standing): StreamEvent {
  switch (standing) {
    case 'live':
      return { type: 'SUBSCRIBED' };
    case 'withheld':
      return { type: 'WITHHELD', reason: 'the exchange withholds every wanted topic' };
    case 'silent':
      return { type: 'WENT_SILENT', reason: 'no wanted topic delivers' };
    case 'waiting':
      return { type: 'GRANTED' };
  }
}
