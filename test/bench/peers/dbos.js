/**
 * Steps a second of DBOS workflows, each step acknowledged by its database before the next of that workflow: a durable
 * transition as DBOS makes it, with a result as large as one of our snapshots. Plain JavaScript, because the packages are
 * found in a folder of their own. The place of its data is the URL of an empty database.
 */
import { place, requirePeer, snapshot, tellSpeeds } from './closed-loop.js';

const { DBOS } = requirePeer('@dbos-inc/dbos-sdk');

DBOS.setConfig({
  name: 'bench',
  applicationVersion: '1',
  systemDatabaseUrl: place,
  // As many as the clients of the ceiling; 8 and 32 were no faster.
  systemDatabasePoolSize: 16,
  logLevel: 'error',
  runAdminServer: false,
});
let spell;
const workflow = DBOS.registerWorkflow(
  async () => {
    while (!spell.isOver) {
      await DBOS.runStep(() => Promise.resolve(snapshot), { name: 'step' });
      spell.transitions += 1;
    }
  },
  { name: 'bench' },
);

async function run(workflows, current) {
  spell = current;
  const handles = await Promise.all(Array.from({ length: workflows }, () => DBOS.startWorkflow(workflow)()));
  await Promise.all(handles.map((handle) => handle.getResult()));
}

await DBOS.launch();
await tellSpeeds(run);
await DBOS.shutdown();
process.exit(0);
