/**
 * The daemon's life: it boots, claims, serves and drains in this order; whatever fails or is asked of it at any moment,
 * it closes everything before it stops and says why when it failed.
 */
import { describe, expect, test } from 'vitest';
import { createActor, fromPromise } from 'xstate';
import { stateName } from '../../src/domain/state-name.ts';
import { daemonMachine } from '../../machines/daemon.machine.ts';
import { settle } from '../support/virtual-clock.ts';

const boot = 'open database and exchange';
const claim = 'claim accounts and bring their tasks back';
const wait = 'wait for the next look around';
const look = 'look for free accounts';
const abandon = 'give every task up';
const drain = 'let running rolls end';
const close = 'close everything';
type Step =
  typeof boot | typeof claim | typeof wait | typeof look | typeof abandon | typeof drain | typeof close;

/** A daemon whose steps end when the test says so. */
class Life {
  /** Steps in the order in which they were begun. */
  readonly begun: Step[] = [];
  readonly #underWay = new Map<Step, { resolve: () => void; reject: (error: unknown) => void }>();
  readonly #actor;

  constructor() {
    const step = (name: Step) =>
      fromPromise(
        () =>
          new Promise<void>((resolve, reject) => {
            this.begun.push(name);
            this.#underWay.set(name, { resolve, reject });
          }),
      );
    this.#actor = createActor(
      daemonMachine.provide({
        actors: {
          [boot]: step(boot),
          [claim]: step(claim),
          [wait]: step(wait),
          [look]: step(look),
          [abandon]: step(abandon),
          [drain]: step(drain),
          [close]: step(close),
        },
      }),
    ).start();
  }

  get state(): string {
    return stateName(this.#actor.getSnapshot().value);
  }
  get output() {
    return this.#actor.getSnapshot().output;
  }

  async end(...steps: Step[]): Promise<this> {
    for (const step of steps) {
      this.#underWay.get(step)?.resolve();
      await settle();
    }
    return this;
  }
  async fail(step: Step, error: Error): Promise<this> {
    this.#underWay.get(step)?.reject(error);
    await settle();
    return this;
  }
  send(type: 'TERMINATE' | 'OWNERSHIP_LOST'): this {
    this.#actor.send({ type });
    return this;
  }
}

/** A daemon in each of its states, by what happened before. */
const lives: Record<string, () => Promise<Life>> = {
  booting: () => new Life().end(),
  claiming: () => new Life().end(boot),
  'running.serving': () => new Life().end(boot, claim),
  'running.lookingAround': () => new Life().end(boot, claim, wait),
  'recovering.abandoning': async () => (await new Life().end(boot, claim)).send('OWNERSHIP_LOST').end(),
  'recovering.waiting': async () => (await new Life().end(boot, claim)).send('OWNERSHIP_LOST').end(abandon),
  draining: async () => (await new Life().end(boot, claim)).send('TERMINATE').end(),
  stopping: async () => new Life().send('TERMINATE').end(),
};

describe('a daemon', () => {
  test('boots, claims, serves, looks around now and then, and drains before it closes', async () => {
    const life = await new Life().end(boot, claim, wait, look, wait, look);
    await life.send('TERMINATE').end(drain, close);
    expect(life.begun).toEqual([boot, claim, wait, look, wait, look, wait, drain, close]);
    expect(life.output).toEqual({ failure: null });
  });

  test('that cannot boot closes what it opened and reports why', async () => {
    const error = new Error('port 5432 is taken');
    const life = await new Life().fail(boot, error);
    expect(life.begun).toEqual([boot, close]);
    await life.end(close);
    expect(life.output?.failure).toBe(error);
  });

  test('that can neither boot nor close reports the boot: the first failure explains the rest', async () => {
    const error = new Error('port 5432 is taken');
    const life = await new Life().fail(boot, error);
    await life.fail(close, new Error('nothing to close'));
    expect(life.output?.failure).toBe(error);
  });

  test('that cannot close in the end reports that', async () => {
    const error = new Error('the disk is full');
    const life = await new Life().send('TERMINATE').end();
    await life.fail(close, error);
    expect(life.state).toBe('stopped');
    expect(life.output?.failure).toBe(error);
  });

  test('that finds no free accounts now goes on serving', async () => {
    const life = await new Life().end(boot, claim, wait);
    await life.fail(look, new Error('the database is away'));
    expect(life.state).toBe('running.serving');
  });

  test.each(['running.serving', 'recovering.waiting'])(
    'whose timer breaks in %s closes everything and reports why: it cannot keep time any more',
    async (state) => {
      const life = await lives[state]?.();
      const error = new Error('no timers left');
      await life?.fail(wait, error);
      await life?.end(drain, close);
      expect(life?.begun.at(-1)).toBe(close);
      expect(life?.output?.failure).toBe(error);
    },
  );

  test('whose claim fails gives up what it has and claims again later', async () => {
    const life = await new Life().end(boot);
    await life.fail(claim, new Error('the database is away'));
    await life.end(abandon, wait);
    expect(life.begun).toEqual([boot, claim, abandon, wait, claim]);
    await life.end(claim);
    expect(life.state).toBe('running.serving');
  });
});

describe.each(Object.entries(lives))('in the state %s', (state, bring) => {
  test('is where it was brought', async () => {
    expect((await bring()).state).toBe(state);
  });

  test('TERMINATE, once or twice, ends in stopped, with everything closed once and last', async () => {
    const life = (await bring()).send('TERMINATE').send('TERMINATE');
    await life.end(drain, close);
    expect(life.state).toBe('stopped');
    expect(life.output).toEqual({ failure: null });
    expect(life.begun.filter((step) => step === close)).toHaveLength(1);
    expect(life.begun.at(-1)).toBe(close);
  });

  test('TERMINATE ends in stopped even when draining and closing fail', async () => {
    const life = (await bring()).send('TERMINATE');
    await life.fail(drain, new Error('too slow'));
    await life.fail(close, new Error('still open'));
    expect(life.state).toBe('stopped');
  });
});

describe('shards that were lost', () => {
  test.each(['claiming', 'running.serving', 'running.lookingAround'])(
    'in %s mean: give every task up, then claim again',
    async (state) => {
      const life = await lives[state]?.();
      if (!life) throw new Error(`no life in ${state}`);
      const before = life.begun.length;
      await life.send('OWNERSHIP_LOST').end(abandon, wait);
      expect(life.begun.slice(before)).toEqual([abandon, wait, claim]);
    },
  );

  test('are claimed again even when not everything could be given up', async () => {
    const life = (await new Life().end(boot, claim)).send('OWNERSHIP_LOST');
    await life.fail(abandon, new Error('the exchange is away'));
    await life.end(wait);
    expect(life.state).toBe('claiming');
  });

  test('while draining end the waiting: nothing may be sent any more', async () => {
    const life = (await new Life().end(boot, claim)).send('TERMINATE').send('OWNERSHIP_LOST');
    await life.end(close);
    expect(life.begun.slice(-2)).toEqual([drain, close]);
    expect(life.state).toBe('stopped');
  });
});
