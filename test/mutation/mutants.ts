/**
 * Makes mutants of drawn blocks with Stryker and runs the tests against each. Stryker works on a copy of the project in the
 * directory for temporary files; nothing in the repository is changed.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import type { Block } from './blocks.ts';

/** Vitest may wait that long for a test that a mutant has made endless, beside what its tests took without it. */
const patienceMs = 20_000;

export interface Mutant {
  /** Path from the root of the repository. */
  readonly path: string;
  readonly line: number;
  readonly was: string;
  readonly became: string;
  /** What Stryker found: `Killed` by a test, `Timeout` if a test never ended, `Survived`, `NoCoverage` if no test runs it. */
  readonly status: MutantResult['status'];
}

export interface Run {
  readonly root: string;
  readonly blocks: readonly Block[];
  /** Path of vitest's configuration from the root. */
  readonly configFile: string;
  /** Whether mutants of what is evaluated while a file is loaded are tested, or left out. */
  readonly mutatesLoading: boolean;
}

/** Runs the tests of a configuration against every mutant of the blocks. */
export async function testMutants({ root, blocks, configFile, mutatesLoading }: Run): Promise<Mutant[]> {
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner', fileURLToPath(new URL('as-they-come.js', import.meta.url))],
    vitest: { configFile },
    mutate: blocks.map(({ path, from, to }) => `${path}:${from}-${to}`),
    coverageAnalysis: 'perTest',
    ignoreStatic: !mutatesLoading,
    concurrency: 1,
    timeoutMS: patienceMs,
    dryRunTimeoutMinutes: 60,
    disableTypeChecks: false,
    reporters: ['progress-append-only', 'as-they-come'],
    allowConsoleColors: false,
    tempDirName: join(tmpdir(), 'rollkeeper-mutation'),
    ignorePatterns: ['dist', '.rollkeeper', 'coverage', '.bench-peers', 'test/fixtures/databases'],
  });
  const results = await stryker.runMutationTest();
  return results.map((result) => mutantOf(root, result)).sort(byPlace);
}

function mutantOf(root: string, { fileName, location, replacement, status }: MutantResult): Mutant {
  return {
    path: relative(root, fileName),
    line: location.start.line,
    was: textAt(readFileSync(fileName, 'utf8'), location),
    became: replacement,
    status,
  };
}

/** What stands between two places in a text, whose lines and columns count from 1. */
function textAt(text: string, { start, end }: MutantResult['location']): string {
  const lines = text.split('\n');
  const offsetOf = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
  return text.slice(offsetOf(start), offsetOf(end));
}

const byPlace = (a: Mutant, b: Mutant) => a.path.localeCompare(b.path) || a.line - b.line;

/** How many mutants there are in a block: without running anything. */
export async function countMutants(root: string, { path, from, to }: Block): Promise<number> {
  const content = readFileSync(join(root, path), 'utf8');
  const range = {
    start: { line: from - 1, column: 0 },
    end: { line: to - 1, column: Number.MAX_SAFE_INTEGER },
  };
  const file = { name: path, content, mutate: [range] };
  const { mutants } = await new Instrumenter(silent).instrument([file], {
    plugins: null,
    excludedMutations: [],
    ignorers: [],
  });
  return mutants.length;
}

const nothing = () => undefined;
const silent = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};
