/**
 * What the contract suites share: a port's promises as named cases, run on one implementation after the other. What an
 * implementation does not promise is skipped by the name of the case, with the reason, and the reasons are printed.
 */
import { afterAll, describe, it, onTestFailed } from 'vitest';
import { repeatText } from '../../support/seed.ts';

/** One case for each promise of the port; its name is the promise. Every case gets a fresh fixture. */
export type Cases<Fixture, Name extends string = string> = Readonly<
  Record<Name, (fixture: Fixture) => Promise<void> | void>
>;

export interface Skip<Name extends string> {
  readonly reason: string;
  readonly tests: readonly Name[];
}

export interface Implementation<Fixture, Name extends string> {
  /** A fresh implementation with what the cases need to drive it; closed after the case. */
  readonly open: () => Fixture | Promise<Fixture>;
  readonly skip?: readonly Skip<Name>[];
}

export interface Closable {
  readonly close?: () => Promise<unknown>;
}

/** The suite of a port: call it once for each implementation. */
export const contractOf =
  <Fixture extends Closable, Name extends string>(port: string, cases: Cases<Fixture, Name>) =>
  (name: string, { open, skip = [] }: Implementation<Fixture, Name>): void => {
    const reasons = new Map(
      skip.flatMap(({ reason, tests }) => tests.map((test) => [test, reason] as const)),
    );
    describe(`${port}: ${name}`, () => {
      for (const [claim, show] of Object.entries(cases) as [Name, Cases<Fixture>[string]][]) {
        const reason = reasons.get(claim);
        it(claim, async (context) => {
          if (reason !== undefined) context.skip(reason);
          onTestFailed(() => console.error(repeatText));
          const fixture = await open();
          try {
            await show(fixture);
          } finally {
            await fixture.close?.();
          }
        });
      }
      afterAll(() => {
        for (const { reason, tests } of skip)
          console.info(
            `${port}, ${name}: ${tests.length} skipped because ${reason}\n  - ${tests.join('\n  - ')}`,
          );
      });
    });
  };

/** In a fixture that cannot be driven so: the cases that need it are skipped, with the reason. */
export const cannot = (): never => {
  throw new Error('this implementation cannot be driven so: skip the case and say why');
};
