/**
 * Steps a second of DBOS workflows, each step acknowledged by its database before the next of that workflow: a durable
 * transition as DBOS makes it, with a result as large as one of our snapshots. Plain JavaScript, because the packages are
 * found in a folder of their own. Arguments: folder, database URL, result, seconds, numbers of workflows. Prints JSON.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, systemDatabaseUrl, snapshot, seconds, ...sizes] = process.argv.slice(2);
const { DBOS } = createRequire(join(folder, 'package.json'))('@dbos-inc/dbos-sdk');

DBOS.setConfig({
  name: 'bench',
  applicationVersion: '1',
  systemDatabaseUrl,
  systemDatabasePoolSize: 16,
  logLevel: 'error',
  runAdminServer: false,
});
let steps = 0;
let isOver = false;
const workflow = DBOS.registerWorkflow(
  async () => {
    while (!isOver) {
      await DBOS.runStep(() => Promise.resolve(snapshot), { name: 'step' });
      steps += 1;
    }
  },
  { name: 'bench' },
);
await DBOS.launch();
const perSecond = {};
for (const size of sizes) {
  isOver = false;
  const handles = await Promise.all(
    Array.from({ length: Number(size) }, () => DBOS.startWorkflow(workflow)()),
  );
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const [before, startedMs] = [steps, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1_000));
  perSecond[size] = ((steps - before) * 1_000) / (performance.now() - startedMs);
  isOver = true;
  await Promise.all(handles.map((handle) => handle.getResult()));
}
await DBOS.shutdown();
console.log(JSON.stringify(perSecond));
process.exit(0);
