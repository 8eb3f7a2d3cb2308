/**
 * Plays every part around a machine: each effect that it starts is a part that answers, fails or speaks only when the
 * test says so, and remembers whether the machine has let go of it.
 */
import { createActor, fromCallback, fromPromise, type AnyActor, type AnyStateMachine } from 'xstate';
import { stateName } from '../../src/domain/state-name.ts';

export interface Word {
  readonly type: string;
}

/** An event that comes from somewhere, or the name of an effect that answers. */
export type Step = Word | string;

export interface Cast {
  readonly machine: AnyStateMachine;
  readonly input?: unknown;
  /** Effects that speak instead of resolving: what each of them says when it answers. */
  readonly says: Readonly<Record<string, Word>>;
}

/** One run of one effect. */
export interface Part {
  readonly effect: string;
  readonly answer: () => void;
  /** Of what speaks instead of resolving the same as `answer`: it can fail only when it begins. */
  readonly fail: (error: Error) => void;
  /** It has done what it was there for, or the machine wants no more of it and had it close what it opened. */
  isOver: boolean;
}

export class Play {
  /** In the order in which they began. */
  readonly parts: Part[] = [];
  /** This effect fails as soon as it begins, once. */
  stumbling: string | null = null;
  /** What ended the machine itself: something that it has no answer to. */
  failure: unknown = null;
  readonly #actor: AnyActor;

  constructor({ machine, input, says }: Cast) {
    const actors = Object.keys(machine.implementations.actors).map((effect) => {
      const word = says[effect];
      return [effect, word ? this.#speaking(effect, word) : this.#resolving(effect)] as const;
    });
    this.#actor = createActor(machine.provide({ actors: Object.fromEntries(actors) } as never), { input });
    this.#actor.subscribe({ error: (error) => (this.failure = error) });
    this.#actor.start();
  }

  get state(): string {
    return stateName((this.#actor.getSnapshot() as { value: unknown }).value);
  }

  get isDone(): boolean {
    return (this.#actor.getSnapshot() as { status: string }).status === 'done';
  }

  get running(): readonly Part[] {
    return this.parts.filter(({ isOver }) => !isOver);
  }

  find(effect: string): Part {
    const part = this.running.find((one) => one.effect === effect);
    if (!part) throw new Error(`"${effect}" does not run in ${this.state}`);
    return part;
  }

  async take(step: Step): Promise<void> {
    if (typeof step === 'string') this.find(step).answer();
    else this.#actor.send(step);
    await settle();
  }

  kill(): void {
    this.#actor.stop();
  }

  #resolving(effect: string) {
    return fromPromise<undefined>(
      ({ signal }) =>
        new Promise((resolve, reject) => {
          const part = this.#enter({
            effect,
            isOver: false,
            answer: () => {
              part.isOver = true;
              resolve(undefined);
            },
            fail: (error) => {
              part.isOver = true;
              reject(error);
            },
          });
          signal.addEventListener('abort', () => (part.isOver = true));
        }),
    );
  }

  #speaking(effect: string, word: Word) {
    return fromCallback<Word>(({ sendBack }) => {
      const speak = () => sendBack(word);
      const part = this.#enter({ effect, isOver: false, answer: speak, fail: speak });
      return () => (part.isOver = true);
    });
  }

  #enter(part: Part): Part {
    if (this.stumbling === part.effect) {
      this.stumbling = null;
      throw new Error(`"${part.effect}" cannot begin`);
    }
    this.parts.push(part);
    return part;
  }
}

/** Everything that follows from what was just done has happened. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
