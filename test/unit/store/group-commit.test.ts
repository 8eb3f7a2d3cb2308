/** A turn is stored in the epoch in which it was made, however long it waits: its account may be taken over again meanwhile. */
import { expect, test } from 'vitest';
import { GroupCommitJournal } from '../../../src/store/journal/group-commit.ts';
import { silentLog } from '../../../src/store/log.ts';
import { turnOf } from '../../contract/suites/records.ts';

test('a turn that waits keeps the epoch in which it was made', async () => {
  const flushed: string[] = [];
  let epoch = 1;
  let answer: () => void = () => undefined;
  const journal = new GroupCommitJournal({
    owner: 'daemon',
    epochOf: (accountId) => (accountId === '1' ? epoch : 0),
    writers: [
      {
        flush: async (turns) => {
          flushed.push(...turns.map(({ record, fence }) => `${record.taskId} in ${fence}`));
          await new Promise<void>((resolve) => (answer = resolve));
          return turns.map(() => null);
        },
        drop: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
    ],
    log: silentLog,
    after: () => () => undefined,
  });
  const settled = [journal.commit(turnOf({ accountId: '1', taskId: 'waits' }, 1))];
  epoch = 2;
  settled.push(journal.commit(turnOf({ accountId: '1', taskId: 'later' }, 1)));
  settled.push(journal.commit(turnOf({ accountId: '2', taskId: 'elsewhere' }, 1)));
  await Promise.resolve();
  expect(flushed).toEqual(['waits in 1', 'later in 2', 'elsewhere in 0']);
  answer();
  await Promise.all(settled);
});
