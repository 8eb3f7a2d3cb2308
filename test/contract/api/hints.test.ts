/**
 * Nobody learns from the API that something exists which is not theirs to see: a request that names things of Ann's is answered, byte
 * for byte but for the names, like one that names nothing there is; and no answer to an outsider holds the mark that everything of
 * Ann's carries. And the other way round: who may do something can, or nothing would be shown by a refusal.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Operation } from '../../support/openapi/document.ts';
import { validProbe, type Probe } from '../../support/openapi/probes.ts';
import type { Answer } from '../../support/openapi/sending.ts';
import { seed } from '../../support/seed.ts';
import { openApiScene, outsiders, type CallerName, type Stage } from './scene.ts';
import { namesOf, poolFor, rendered, withoutNames } from './values.ts';

const runs = Number(process.env['ROLLKEEPER_API_RUNS'] ?? 6);
/** Of requests that are tried until one succeeds. */
const triesMax = 600;

/** What these requests cannot bring about, and which test does. */
const unreached: Readonly<Record<string, string>> = {
  markOrder:
    'no order is being worked without a daemon: test/e2e/desk/repair.test.ts says what became of one',
  signIn: 'every stage has tokens of its own: sessions.test.ts signs in',
};

const scene = await openApiScene();
const names = Object.values(namesOf(scene));
const { document, operations } = scene;
afterAll(() => scene.drop());

const naming = (probe: Probe, which: 'theirs' | 'nowhere'): Probe => ({
  ...probe,
  path: rendered(probe.path, names, which),
  body: probe.body === null ? null : rendered(probe.body, names, which),
});

/** Which of the names a request has in it; an answer may repeat these, and no others. */
const namesIn = ({ path, body }: Probe): typeof names =>
  names.filter(({ placeholder }) => `${path} ${body ?? ''}`.includes(placeholder));

const nowMsMax = 600_000;
const withoutNow = (text: string): string =>
  text.replaceAll(/\b\d{13}\b/g, (time) => (Math.abs(Number(time) - Date.now()) < nowMsMax ? 'NOW' : time));

interface Asked {
  readonly names: typeof names;
  readonly which: 'theirs' | 'nowhere';
}

/** What of an answer is compared: all but the present time, which no two answers share; of a stream its beginning, see sending.ts. */
function comparable({ status, headers, text }: Answer, asked: Asked): unknown {
  const plain = Object.entries(headers).filter(
    ([name]) => name !== 'date' && !name.startsWith('x-ratelimit'),
  );
  return {
    status,
    headers: Object.fromEntries(plain),
    text: withoutNames(withoutNow(text), asked.names, asked.which),
  };
}

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_, operation) => {
    const making = { document, pool: poolFor(operation, 'anns', scene) };
    it('hints at nothing of others, and changes nothing of theirs', () =>
      scene.on(async (stage) => {
        const before = await stage.content();
        const property = fc.asyncProperty(
          fc.constantFrom(...outsiders),
          validProbe(operation, making),
          async (caller, probe) => {
            const asked = namesIn(probe);
            const theirs = await stage.ask(caller, naming(probe, 'theirs'));
            // What a caller has changed of the own things may be there already when it is asked for again.
            if (theirs.status >= 400 || operation.method === 'GET') {
              const nowhere = await stage.ask(caller, naming(probe, 'nowhere'));
              expect(comparable(theirs, { names: asked, which: 'theirs' })).toEqual(
                comparable(nowhere, { names: asked, which: 'nowhere' }),
              );
            }
            const shown = JSON.stringify(theirs.headers) + withoutNames(theirs.text, asked, 'theirs');
            expect(shown).not.toContain('zq');
          },
        );
        await fc.assert(property, { numRuns: runs, seed });
        expect((await stage.content()).about).toEqual(before.about);
      }));

    // reason: see `unreached`.
    it.skipIf(Object.hasOwn(unreached, operation.id))('can be done by who may', () =>
      scene.on(async (stage) => {
        expect(await firstSuccess(stage, operation)).toBeLessThan(400);
      }),
    );
  },
);

/** @returns its status @throws Error with what was said instead */
async function firstSuccess(stage: Stage, operation: Operation): Promise<number> {
  const making = { document, pool: poolFor(operation, 'everyones', scene) };
  const probes = fc.sample(validProbe(operation, making), { numRuns: triesMax, seed });
  const said = new Set<string>();
  for (const probe of probes)
    for (const caller of ['owner', 'operator', 'administrator'] satisfies CallerName[]) {
      const { status, text } = await stage.ask(caller, probe);
      if (status < 400) return status;
      said.add(`${String(status)} ${text}`);
    }
  throw new Error(
    `Nobody could do it, so nothing is shown by refusals: give ${operation.id} values in test/contract/api/values.ts that ` +
      `the scene has. It said: ${[...said].slice(0, 10).join('\n')}`,
  );
}
