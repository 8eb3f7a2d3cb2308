/** A process that claims every account it can and then does nothing but stay alive: to be stopped by a test. */
import { AccountFences } from '../../src/store/ownership/account-fences.ts';
import { PostgresOwnership } from '../../src/store/ownership/postgres-ownership.ts';

const [databaseUrl = '', heartbeatMs = ''] = process.argv.slice(2);
const ownership = new PostgresOwnership({
  databaseUrl,
  daemonName: 'stopped',
  owner: 'stopped/1',
  environment: 'live',
  fences: new AccountFences(),
  heartbeatMs: Number(heartbeatMs),
});
ownership.onLost((reason) => process.stdout.write(`lost: ${reason}\n`));
await ownership.claimAccounts();
process.stdout.write(`holds ${ownership.shards.length}\n`);
setInterval(() => undefined, 1_000);
