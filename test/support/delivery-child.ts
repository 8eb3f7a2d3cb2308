/** A process that delivers the alerts of a database until it is killed: `delivery-child.ts DATABASE_URL`. It ends with its parent. */
import { openAlerts } from '../../src/alerts/open-alerts.ts';
import { openTestStore } from './database.ts';

const [databaseUrl = ''] = process.argv.slice(2);
process.once('disconnect', () => process.exit());
const quiet = (): void => undefined;

const store = await openTestStore(databaseUrl);
await openAlerts({
  book: store.deliveries,
  mail: null,
  permitted: ['127.0.0.1'],
  telegram: null,
  heartbeat: null,
  problem: () => null,
  log: {
    debug: quiet,
    // The daemon whose turn it is says so.
    info: (_, message) => process.send?.(message),
    warn: (words, message) => process.send?.(`${message} ${JSON.stringify(words)}`),
    error: (words, message) => process.send?.(`${message} ${JSON.stringify(words)}`),
  },
});
process.send?.('open');
