/**
 * Requests made of the OpenAPI document alone, thousands of them, by everybody there is: nothing fails, every answer is as the document
 * says, what is refused changes nothing, and what is changed is recorded. A new route is in the document, so it is checked as well.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { answerCheck } from '../../support/openapi/answer-check.ts';
import type { Operation } from '../../support/openapi/document.ts';
import { brokenProbe, validProbe, type Probe } from '../../support/openapi/probes.ts';
import type { Answer } from '../../support/openapi/sending.ts';
import { repeatText, seed } from '../../support/seed.ts';
import { changedTables, newActs, type Content } from '../isolation/database-content.ts';
import { callerNames, openApiScene, powerless, type CallerName, type Stage } from './scene.ts';
import { isKnown, poolFor } from './values.ts';

/** Per operation, of valid requests and of broken ones. */
const runs = Number(process.env['ROLLKEEPER_API_RUNS'] ?? 6);

const scene = await openApiScene();
const { document, operations } = scene;
const complaintOf = answerCheck(document);
afterAll(() => scene.drop());

describe('the document', () => {
  it('is of OpenAPI 3.1 and describes every operation', () => {
    expect(document.openapi).toMatch(/^3\.1/);
    expect(operations.length).toBeGreaterThan(40);
  });

  it('has a value of the scene for every part of a path, so that a new route is reached', () => {
    const missing = operations.flatMap((operation) =>
      operation.parameters
        .filter(
          ({ name, in: place, schema }) =>
            place === 'path' && !schema.enum && !isKnown(operation, name, scene),
        )
        .map(({ name }) => `${operation.path}: ${name}`),
    );
    expect(missing, 'give it values in test/contract/api/values.ts').toEqual([]);
  });
});

describe.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s',
  (_, operation) => {
    const making = { document, pool: poolFor(operation, 'everyones', scene) };
    it('answers as documented, changes nothing that it refuses, and records what it changes', () =>
      scene.on((stage) => everyRequest(stage, operation, validProbe(operation, making))));

    it('answers broken requests with a problem, and changes nothing', () =>
      scene.on((stage) => everyRequest(stage, operation, brokenProbe(operation, making))));
  },
);

async function everyRequest(stage: Stage, operation: Operation, probes: fc.Arbitrary<Probe>): Promise<void> {
  let before = await stage.content();
  const property = fc.asyncProperty(fc.constantFrom(...callerNames), probes, async (caller, probe) => {
    const answer = await stage.ask(caller, probe);
    const after = await stage.content();
    try {
      expectGoodAnswer(operation, probe, answer);
      expectFairChange({ before, after }, { caller, probe, answer });
    } finally {
      before = after;
    }
  });
  await fc.assert(property, { numRuns: runs, seed });
  expect(
    stage.logged.filter((line) => !isAboutDatabase(line)),
    repeatText,
  ).toEqual([]);
}

const isAboutDatabase = (line: string): boolean => line.includes('database');

function expectGoodAnswer(operation: Operation, probe: Probe, answer: Answer): void {
  const shown = `${probe.method} ${probe.path}: ${answer.status} ${answer.contentType} ${answer.text.slice(0, 400)}`;
  expect(answer.status, shown).toBeLessThan(500);
  if (answer.status >= 400 && !isForPage(probe))
    expect(answer.contentType, shown).toBe('application/problem+json');
  if (!probe.isElsewhere) expect(complaintOf(operation, answer)).toBeNull();
}

/** What is no address of the API is one of the page, and answered to people. */
const isForPage = ({ isElsewhere, path }: Probe): boolean => isElsewhere && !path.startsWith('/api/');

interface Exchange {
  readonly caller: CallerName;
  readonly probe: Probe;
  readonly answer: Answer;
}

function expectFairChange(
  { before, after }: { readonly before: Content; readonly after: Content },
  { caller, probe, answer }: Exchange,
): void {
  const changed = changedTables(before, after);
  const shown = `${caller}: ${probe.method} ${probe.path} ${probe.body ?? ''}: ${answer.status} ${answer.text.slice(0, 400)}`;
  const mayChange = answer.status < 400 && probe.method !== 'GET' && !powerless.includes(caller);
  if (!mayChange) {
    expect(changed, shown).toEqual([]);
    expect(newActs(before, after), shown).toEqual([]);
    return;
  }
  const acts = newActs(before, after).length;
  if (changed.length > 0) expect(acts, shown).toBe(1);
  // To allow again what was allowed is an act as well.
  else expect(acts, shown).toBeLessThanOrEqual(1);
}
