/** Every book of volatilities there is against the promises of the port. */
import { MemoryVolatilityBook } from '../../src/runtime/triggers/volatility-ranks.ts';
import { createTestDatabase, openTestStore } from '../support/database.ts';
import { describeVolatilityBook, type VolatilityBookFixture } from './suites/volatility-book.ts';

async function openPostgres(): Promise<VolatilityBookFixture> {
  const database = await createTestDatabase();
  const store = await openTestStore(database.url);
  return {
    book: store.volatilities,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}

describeVolatilityBook('Postgres', { open: openPostgres });

describeVolatilityBook('memory', { open: () => ({ book: new MemoryVolatilityBook() }) });
