/**
 * The last events that watchers must not miss, numbered, as the text that is sent. A watcher is a place in it: one that reads
 * slowly, or comes back with the id of the last event it saw, goes on from there, and nothing is kept for it alone.
 */
import { randomBytes } from 'node:crypto';

/** Whose events a watcher sees: those of these accounts, or of all. */
export type Sight = ReadonlySet<string> | 'everything';

export interface LoggedEvent {
  /** `null`: of no account, for everybody. */
  readonly accountId: string | null;
  /** The frame without its id. */
  readonly frame: string;
}

const keptMax = 4_096;
/** How much is handed out at once. */
const charactersMax = 64 * 1_024;

export const sees = (sight: Sight, accountId: string | null): boolean =>
  accountId === null || sight === 'everything' || sight.has(accountId);

export class EventLog {
  /** Names this run of numbers: an id of another daemon, or from before a pause, means nothing here. */
  #run = randomBytes(6).toString('hex');
  readonly #events: (LoggedEvent | undefined)[] = [];
  #end = 0;
  #begin = 0;

  /** Number of the next event. */
  get end(): number {
    return this.#end;
  }

  add(event: LoggedEvent): void {
    this.#events[this.#end % keptMax] = event;
    this.#end += 1;
    this.#begin = Math.max(this.#begin, this.#end - keptMax);
  }

  /** Ids given out before are unknown from now on: a watcher that comes back with one reads everything anew. */
  restart(): void {
    this.#run = randomBytes(6).toString('hex');
    // Nor may a watcher go on that had seen everything.
    this.#end += 1;
    this.#begin = this.#end;
  }

  /** The id to give with what leads up to this number. */
  idOf(place: number): string {
    return `${this.#run}.${place}`;
  }

  /** @returns the number to go on from; `null` when events after this id were missed */
  placeOf(id: string): number | null {
    const match = /^([\da-f]{12})\.(\d{1,15})$/.exec(id);
    if (match?.[1] !== this.#run) return null;
    const place = Number(match[2]);
    return this.has(place) ? place : null;
  }

  /** Whether everything from this number on is still here. */
  has(place: number): boolean {
    return place >= this.#begin && place <= this.#end;
  }

  /** The frames from this number on that may be seen, as many as are sent at once, and the number that follows. */
  since(place: number, sight: Sight): { readonly text: string; readonly next: number } {
    let text = '';
    let next = place;
    while (next < this.#end && text.length < charactersMax) {
      const event = this.#events[next % keptMax];
      next += 1;
      if (event && sees(sight, event.accountId)) text += `id: ${this.idOf(next)}\n${event.frame}`;
    }
    return { text, next };
  }
}
