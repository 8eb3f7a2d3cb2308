/**
 * Vitest's runner, which after the first failure also leaves out loading the files that are left: loading them takes longer than
 * most tests.
 */
import { TestRunner } from 'vitest';

export default class StopAtOnce extends TestRunner {
  #isStopped = false;

  override cancel(reason: never): void {
    this.#isStopped = true;
    super.cancel(reason);
  }

  override async importFile(path: string, source: 'collect' | 'setup'): Promise<unknown> {
    return this.#isStopped ? undefined : await super.importFile(path, source);
  }
}
