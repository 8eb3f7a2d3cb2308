/**
 * The zones that mutants are drawn from, with the folder of each and the share of its mutants that the tests are to kill:
 * what decides over money has to be tested more closely than what carries it out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './blocks.ts';

export interface Zone {
  readonly folder: string;
  /** The share of mutants that is to be killed, in percent. */
  readonly killedMinPercent: number;
  /** Vitest's configuration with the tests that are run against a mutant of this zone. */
  readonly tests: 'vitest.config.ts' | 'vitest.machines.config.ts' | 'vitest.application.config.ts';
  /**
   * Whether what is evaluated while a file is loaded is mutated, too: a chart is nothing else. Every test has to be run against
   * such a mutant, which for the tables and schemas of the other zones takes too long.
   */
  readonly mutatesLoading: boolean;
}

export const zones = {
  domain: { folder: 'src/domain', killedMinPercent: 85, tests: 'vitest.config.ts', mutatesLoading: false },
  machines: {
    folder: 'machines',
    killedMinPercent: 85,
    tests: 'vitest.machines.config.ts',
    mutatesLoading: true,
  },
  runtime: { folder: 'src/runtime', killedMinPercent: 75, tests: 'vitest.config.ts', mutatesLoading: false },
  application: {
    folder: 'src/application',
    killedMinPercent: 75,
    tests: 'vitest.application.config.ts',
    mutatesLoading: false,
  },
} as const satisfies Record<string, Zone>;

export type ZoneName = keyof typeof zones;

/** The source files of a zone with their lines counted; paths from the root of the repository, in the order of the alphabet. */
export function filesOf(root: string, folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
    .sort()
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').trimEnd().split('\n').length }));
}
