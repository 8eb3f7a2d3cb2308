/** The book of accounts against the promises of its port. */
import { addTestAccount, createTestDatabase, openTestStore } from '../support/database.ts';
import { type AccountBookFixture, describeAccountBook } from './suites/account-book.ts';

async function openPostgres(): Promise<AccountBookFixture> {
  const database = await createTestDatabase();
  const store = await openTestStore(database.url);
  return {
    book: store.accounts,
    accountId: await addTestAccount(store),
    otherAccountId: await addTestAccount(store),
    alerts: (accountId) => store.tasks.undeliveredAlerts([accountId]),
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

describeAccountBook('Postgres', { open: openPostgres });
