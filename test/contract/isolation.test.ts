/**
 * Isolation of users, for every use case there is: they are found in the sources, and called with arguments made of their types
 * (isolation/). A caller who may not see something changes nothing of it and gets the same answer as for what does not exist;
 * a caller who may change it leaves exactly one act in the audit with each change.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operator, type Caller } from '../../src/application/caller.ts';
import { argumentsFor, namesGiven, type Target } from './isolation/arguments.ts';
import { changedTables, newActs, type Content } from './isolation/database-content.ts';
import { openScene, type Copy, type Scene } from './isolation/scene.ts';
import { root } from '../tidy/source.ts';
import { findUseCases, type UseCase } from './isolation/use-cases.ts';

/** They take a caller and ports, and are parts of use cases: these have found what they work on. */
const parts: Readonly<Record<string, string>> = {
  ownUserName: 'gives back the name that it is given: what is done with it is restricted by the scope',
  commandTask: 'takes a task that its use case has found, with the role of the caller on its account',
  sendCommand: 'takes an account that its use case has found, with the role of the caller on it',
};

const useCases = findUseCases().filter(({ name }) => !Object.hasOwn(parts, name));

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene.drop());

type Call = (caller: Caller, ports: Copy['ports'], ...others: unknown[]) => unknown;

interface Outcome {
  readonly isRefused: boolean;
  readonly error: string | null;
  /** Everything that the caller gets to see. */
  readonly shown: string;
}

async function call(
  { name, file }: UseCase,
  caller: Caller,
  { ports }: Copy,
  others: unknown[],
): Promise<Outcome> {
  const module = (await import(/* @vite-ignore */ join(root, file))) as Record<string, Call>;
  try {
    const value = await (module[name] as Call)(caller, ports, ...others);
    return { isRefused: false, error: null, shown: JSON.stringify([await gathered(value)]) };
  } catch (error) {
    const { name: kind, message } = error as Error;
    return { isRefused: true, error: kind, shown: JSON.stringify({ kind, message, ...(error as object) }) };
  }
}

/** The pages of a use case that gives pages. */
async function gathered(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return value;
  const pages: unknown[] = [];
  for await (const page of value as AsyncIterable<unknown>) pages.push(page);
  return pages;
}

const withoutNames = (shown: string, names: readonly (readonly [string, string])[], at: 0 | 1): string =>
  names.reduce((text, pair) => text.replaceAll(pair[at], 'NAME'), shown);

const argumentsOf = (useCase: UseCase, target: Target): unknown[] => argumentsFor(useCase, target, scene);

/** Of what is Ann's nothing may differ; of their own things people who are let in may change some, which is recorded. */
function expectNothingOfAnns(caller: Caller, before: Content, after: Content): void {
  expect(after.about).toEqual(before.about);
  const changed = changedTables(before, after);
  const acts = newActs(before, after);
  if (changed.length === 0) {
    expect(acts).toEqual([]);
    return;
  }
  const userId = caller.kind === 'user' ? caller.userId : '';
  expect(acts).toMatchObject([{ actor: `user:${userId}` }]);
  for (const act of acts) expect([null, userId]).toContain(act.user_id);
}

/** A copy is used again until something has changed in it. */
let current: Copy | null = null;
afterAll(() => current?.close());

async function withCopy(use: (copy: Copy) => Promise<void>): Promise<void> {
  const copy = (current ??= await scene.copy());
  const before = await copy.content();
  try {
    await use(copy);
  } finally {
    const isChanged = JSON.stringify(before) !== JSON.stringify(await copy.content());
    if (isChanged) current = null;
    if (isChanged) await copy.close();
  }
}

it('The use cases are found in the sources, so that none is forgotten', () => {
  const names = useCases.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['showTask', 'journalPages', 'banUser', 'addAccount', 'listUsers']),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of Object.keys(parts)) expect(findUseCases().map((each) => each.name)).toContain(name);
});

it('A use case that takes something new is not left out: the test says where its value is missing', () => {
  const parameters = [{ name: 'hat', isOptional: true, shape: { kind: 'leaf', text: 'string' } }] as const;
  const useCase: UseCase = { name: 'wearHat', file: 'src/application/wear-hat.ts', parameters };
  expect(() => argumentsOf(useCase, 'theirs')).toThrow(
    /no value for wearHat\.hat, string.*under "hat" or "wearHat\.hat"/,
  );
});

describe.each(useCases.map((useCase) => [useCase.name, useCase] as const))('%s', (_, useCase) => {
  it('changes nothing and hints at nothing for those who may not see it', async () => {
    const [theirs, nowhere] = [argumentsOf(useCase, 'theirs'), argumentsOf(useCase, 'nowhere')];
    const names = namesGiven(theirs, nowhere);
    await withCopy(async (copy) => {
      for (const [who, caller] of Object.entries(scene.outsiders)) {
        const before = await copy.content();
        const outcome = await call(useCase, caller, copy, theirs);
        const after = await copy.content();
        expectNothingOfAnns(caller, before, after);
        if (who !== 'another user') expect(after.tables).toEqual(before.tables);
        const compared = await call(useCase, caller, copy, nowhere);
        const shown = withoutNames(outcome.shown, names, 0);
        expect({ who, shown }).toEqual({ who, shown: withoutNames(compared.shown, names, 1) });
        expect(shown).not.toContain('zq');
      }
    });
  });

  it('changes nothing for a viewer and for a token that may only read, and is recorded for who may', async () => {
    const theirs = argumentsOf(useCase, 'theirs');
    await withCopy(async (copy) => {
      const before = await copy.content();
      const readOnly = { ...scene.ann, right: 'read', isAdministrator: true } as const;
      const reading = await call(useCase, readOnly, copy, theirs);
      expect((await copy.content()).tables).toEqual(before.tables);
      const viewing = await call(useCase, scene.viewer, copy, theirs);
      expectNothingOfAnns(scene.viewer, before, await copy.content());
      if (!(await changesForWhoMay(useCase, copy, theirs))) return;
      expect(reading).toMatchObject({ error: 'NotAllowed' });
      if (viewing.error !== null) expect(['NotAllowed', 'NotFound']).toContain(viewing.error);
    });
  });
});

/** Calls it as owner, administrator and operator until one may. @returns whether that changed anything; it is recorded then */
async function changesForWhoMay(useCase: UseCase, copy: Copy, others: unknown[]): Promise<boolean> {
  const said: string[] = [];
  for (const caller of [scene.ann, { ...scene.ann, isAdministrator: true }, operator] as const) {
    const before = await copy.content();
    const outcome = await call(useCase, caller, copy, others);
    const after = await copy.content();
    const isChange = changedTables(before, after).length > 0;
    const acts = newActs(before, after).length;
    expect({ isChange, acts }).toEqual({ isChange, acts: isChange ? 1 : 0 });
    if (!outcome.isRefused) return isChange;
    expect({ isRefused: true, isChange }).toEqual({ isRefused: true, isChange: false });
    said.push(outcome.shown);
  }
  throw new Error(
    `Nobody could call ${useCase.name}, so nothing is shown of it: give it values in isolation/arguments.ts that the ` +
      `scene has. It said: ${said.join('\n')}`,
  );
}
