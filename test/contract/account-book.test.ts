/** Every book of accounts there is against the promises of the port. */
import { addTestAccount, createTestDatabase, openTestStore, query } from '../support/database.ts';
import { MemoryBook } from '../unit/runtime/memory-book.ts';
import { type AccountBookFixture, describeAccountBook } from './suites/account-book.ts';

async function openPostgres(): Promise<AccountBookFixture> {
  const database = await createTestDatabase();
  const store = await openTestStore(database.url);
  return {
    book: store.accounts,
    accountId: await addTestAccount(store),
    otherAccountId: await addTestAccount(store),
    alerts: (accountId) =>
      query(
        database.url,
        `SELECT severity, code, figures, at_ms::float8 AS "atMs", task_id AS "taskId", version FROM alerts
         WHERE account_id = $1 AND delivered_at IS NULL ORDER BY id`,
        [accountId],
      ),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

describeAccountBook('Postgres', { open: openPostgres });

describeAccountBook('memory of the runtime tests', {
  open: () => {
    const book = new MemoryBook();
    return { book, accountId: '1', otherAccountId: '2', alerts: () => Promise.resolve(book.noted) };
  },
  skip: [
    {
      reason: 'it is the book of one account, and takes any alert',
      tests: ['keeps accounts apart', 'stores neither when the alert cannot be stored'],
    },
  ],
});
