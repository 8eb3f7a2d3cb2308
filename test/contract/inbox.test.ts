/** Every inbox there is against the promises of the port. What only the one on Postgres has is in store-inbox.test.ts. */
import { openBacktest, openPostgres, openSimulated, openUnit } from './stores.ts';
import { describeInbox } from './suites/inbox.ts';

describeInbox('Postgres', { open: openPostgres });

const reconnect = 'calls back after a reconnect, because a command may have arrived meanwhile';
const arrival = 'calls back when a command arrives, each time';

describeInbox('simulated world', {
  open: openSimulated,
  skip: [
    {
      reason: 'hints are not lost there; a daemon that lost its session works the inbox when it claims again',
      tests: [reconnect],
    },
  ],
});

describeInbox('memory of a backtest', {
  open: openBacktest,
  skip: [
    {
      reason: 'a backtest sends commands and has them handled itself: it needs no listener',
      tests: [arrival, reconnect],
    },
  ],
});

describeInbox('memory of the runtime tests', {
  open: openUnit,
  skip: [
    {
      reason: 'a test sends commands and has them handled itself: it needs no listener',
      tests: [arrival, reconnect],
    },
    {
      reason: 'it shows its tests every answer that was given, so that one too many is seen',
      tests: ['keeps the first answer when it is answered twice'],
    },
  ],
});
