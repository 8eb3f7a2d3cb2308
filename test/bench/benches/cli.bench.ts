/** How long a person waits for a command: the compiled program as a process, beside a Node that does nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { migrate } from '../../../src/store/migrate.ts';
import { silentLog } from '../../../src/store/log.ts';
import { compiledProgram } from '../../support/compiled-program.ts';
import { addTestAccount, createTestTasks, openTestStore, startTestCluster } from '../../support/database.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost, median } from '../harness/comparison.ts';

/** From the start of the process to its end. */
async function millisecondsOf(...args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(code)}`);
  return performance.now() - startedMs;
}

/** One round is many starts in turn: a single one says more of the machine than of the program. */
const startsARound = 9;

const bench: Bench = {
  measures: 'how long a command takes from its start to its end',
  async *run({ rounds, quick }) {
    const cluster = await startTestCluster();
    try {
      await migrate(cluster.url, silentLog);
      const store = await openTestStore(cluster.url);
      const accountId = await addTestAccount(store);
      await store.ownership.claimAccounts();
      await createTestTasks(store, accountId, ['a', 'b', 'c']);
      await store.close();
      const commands: readonly [string, number, readonly string[]][] = [
        ['rollkeeper --version', 2, ['--version']],
        ['rollkeeper task list, 3 tasks', 5, ['task', 'list', '--json', '--database-url', cluster.url]],
      ];
      for (const [name, ratio, args] of commands) {
        const ratios: number[] = [];
        let quickestMs = Infinity;
        for (let round = 0; round < rounds; round += 1) {
          const [bare, command]: [number[], number[]] = [[], []];
          for (let start = 0; start < (quick ? 1 : startsARound); start += 1) {
            bare.push(await millisecondsOf('-e', '0'));
            command.push(await millisecondsOf(compiledProgram, ...args));
          }
          ratios.push(median(command) / median(bare));
          quickestMs = Math.min(quickestMs, ...command);
        }
        yield {
          case: name,
          against: 'node -e 0',
          reach: atMost(ratio),
          rounds: ratios,
          figures: `${quickestMs.toFixed(0)} ms`,
        };
      }
    } finally {
      await cluster.remove();
    }
  },
};

export default bench;
