/**
 * One turn: everything that one stimulus causes in one task, in one synchronous stretch. Collects what the journal
 * stores of it, and releases the effects invoked in it once it is durable.
 */
import { answerText } from '../../domain/explain/answer-text.ts';
import type { OrderOutcome } from '../../domain/orders/order-progress.ts';
import type { RollEmitted } from '../../domain/roll/events.ts';
import type { Alert } from '../../ports/alerts.ts';
import type { CommandAnswer } from '../../ports/inbox.ts';

const none: readonly OrderOutcome[] = [];

export interface Stimulus {
  /** `""` is the task's own machine, else the id of the child that received the event. */
  readonly path: string;
  readonly event: object;
}

/** What one stimulus causes in one task, while it is being collected. */
export class Turn {
  readonly alerts: Alert[] = [];
  readonly answers: CommandAnswer[] = [];
  /** Exchange time of the turn, from which the age of its decisions counts. */
  readonly atMs: number;
  readonly isResuming: boolean;
  /** Resolves with `atMs` once `settle` is called; never when the journal has refused the turn. */
  readonly committed: Promise<number>;
  readonly #commit: (atMs: number) => void;
  #stimulus: Stimulus | null = null;
  /** Made when an order ends, which few turns see. */
  #orders: OrderOutcome[] | null = null;
  #isAwaited = false;

  constructor(atMs: number, { isResuming = false }: { readonly isResuming?: boolean } = {}) {
    this.atMs = atMs;
    this.isResuming = isResuming;
    const { promise, resolve } = deferred<number>();
    this.committed = promise;
    this.#commit = resolve;
  }

  /** Keeps the first event that reached one of the task's machines: it caused all the others. */
  noteEvent(stimulus: Stimulus): void {
    this.#stimulus ??= stimulus;
  }

  /** Collects the outcome of an order that has ended in this turn. */
  noteOrderEnd(outcome: OrderOutcome): void {
    this.#orders ??= [];
    this.#orders.push(outcome);
  }

  /** `committed`, for an effect that acts only then. To be called within the turn. */
  gate(): Promise<number> {
    this.#isAwaited = true;
    return this.committed;
  }

  /** An effect, or who has sent a command, waits until it is durable. */
  get isAwaited(): boolean {
    return this.#isAwaited || this.answers.length > 0;
  }

  /** Orders that ended in this turn. */
  get orders(): readonly OrderOutcome[] {
    return this.#orders ?? none;
  }

  get stimulus(): Stimulus | null {
    return this.#stimulus;
  }

  /** Collects an alert or an answer that a machine has emitted in this turn. */
  noteEmitted(emitted: RollEmitted): void {
    const { code, figures } = emitted;
    if (emitted.type === 'alert') this.alerts.push({ severity: emitted.severity, code, figures });
    else
      this.answers.push({
        commandId: emitted.commandId,
        status: emitted.status,
        text: answerText({ code, figures }),
      });
  }

  /** Opens the write-ahead gate; to be called when the turn is durable, or has changed nothing. */
  settle(): void {
    this.#commit(this.atMs);
  }
}

function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
}
