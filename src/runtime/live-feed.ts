/**
 * One typed emitter of what happens in this daemon. The runtime reports to it, watchers subscribe. Where nobody does,
 * a report costs a look at the listeners, and a listener that fails is caught here.
 */
import { EventEmitter } from 'eventemitter3';
import type { Logger } from 'pino';
import { alertText } from '../domain/explain/alert-text.ts';
import type { Alert } from '../ports/alerts.ts';
import type {
  Happening,
  HappeningOf,
  LiveEvents,
  LiveReports,
  LiveSource,
  TaskMoved,
} from '../ports/live.ts';
import type { TurnRecord } from '../ports/journal.ts';
import type { Tick } from '../ports/market-data.ts';

export class LiveFeed implements LiveReports, LiveSource {
  readonly #events = new EventEmitter<LiveEvents>();
  readonly #log: Pick<Logger, 'warn'>;
  #failures = 0;

  constructor(log: Pick<Logger, 'warn'>) {
    this.#log = log;
  }

  /** How often a listener has failed. */
  get failures(): number {
    return this.#failures;
  }

  subscribe(listeners: Partial<LiveEvents>): () => void {
    const endings = (Object.keys(listeners) as Happening['kind'][]).map((kind) =>
      this.#on(kind, listeners[kind] as ((happening: Happening) => void) | undefined),
    );
    return () => {
      for (const end of endings) end();
    };
  }

  ticks(ticks: readonly Tick[]): void {
    if (this.#events.listenerCount('price') === 0) return;
    for (const { feed, source, readings, atMs } of ticks) {
      const { index } = readings;
      if (feed === 'underlying' && index !== undefined)
        this.#events.emit('price', { kind: 'price', coin: source, index, atMs });
    }
  }

  feed: LiveReports['feed'] = (feed, sources, { reason, atMs }) => {
    if (feed !== 'underlying') return;
    for (const coin of sources ?? [null]) this.#events.emit('feed', { kind: 'feed', coin, reason, atMs });
  };

  turn(record: TurnRecord, committed: Promise<unknown>): void {
    if (this.#events.listenerCount('task') + this.#events.listenerCount('alert') === 0) return;
    const { accountId, taskId, expectedVersion, state, atMs, alerts } = record;
    const moved: TaskMoved = { kind: 'task', accountId, taskId, version: expectedVersion + 1, state, atMs };
    void committed.then(() => {
      this.#events.emit('task', moved);
      for (const alert of alerts) this.#alert({ accountId, taskId, atMs }, alert);
    });
  }

  begun: LiveReports['begun'] = ({ accountId, taskId, version, state }, atMs) => {
    if (this.#events.listenerCount('task') > 0)
      this.#events.emit('task', { kind: 'task', accountId, taskId, version, state, atMs });
  };

  accountAlert: LiveReports['accountAlert'] = (accountId, alert) =>
    this.#alert({ accountId, taskId: null, atMs: alert.atMs }, alert);

  halt: LiveReports['halt'] = (change) => void this.#events.emit('halt', { kind: 'halt', ...change });

  #alert(
    about: Pick<HappeningOf<'alert'>, 'accountId' | 'taskId' | 'atMs'>,
    alert: Pick<Alert, 'severity' | 'code' | 'figures'>,
  ): void {
    if (this.#events.listenerCount('alert') === 0) return;
    const { severity } = alert;
    this.#events.emit('alert', { kind: 'alert', ...about, severity, text: alertText(alert) });
  }

  #on(kind: Happening['kind'], listener?: (happening: Happening) => void): () => void {
    if (!listener) return () => undefined;
    const guarded = (happening: Happening): void => {
      try {
        listener(happening);
      } catch (error) {
        this.#failed(kind, error);
      }
    };
    this.#events.on(kind, guarded);
    return () => void this.#events.off(kind, guarded);
  }

  /** The 1st, 10th, 100th … is logged: a listener that always fails must not fill the log. */
  #failed(kind: string, error: unknown): void {
    this.#failures += 1;
    if (/^10*$/.test(String(this.#failures)))
      this.#log.warn({ err: error, kind, times: this.#failures }, 'a listener of live events has failed');
  }
}
