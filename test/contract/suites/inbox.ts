/** What the owning daemon relies on of the inbox: a command waits until it is answered, once, and its arrival is noticed. */
import { expect } from 'vitest';
import type { Command, CommandAnswer, Inbox } from '../../../src/ports/inbox.ts';
import { contractOf, type Cases, type Closable } from './contract.ts';

export interface InboxFixture extends Closable {
  readonly inbox: Inbox;
  readonly accountId: string;
  /** Another account; nothing is asked of it. */
  readonly otherAccountId: string;
  /** Puts a command into the inbox; returns its id. */
  readonly ask: (command?: Partial<Omit<Command, 'commandId'>>) => Promise<string>;
  /** The answer that the sender of the command gets; `null` until it is answered. */
  readonly answerTo: (commandId: string) => Promise<CommandAnswer | null>;
  /** The connection is lost, `meanwhile` happens, and it comes back by itself. */
  readonly loseConnection: (meanwhile: () => Promise<unknown>) => Promise<void>;
  readonly until: (what: string, holds: () => boolean) => Promise<void>;
}

const done = (commandId: string, text = ''): CommandAnswer => ({ commandId, status: 'done', text });

const cases = {
  'shows what waits for these accounts, oldest first, as it was asked': async ({ inbox, ...fixture }) => {
    const { ask, accountId, otherAccountId } = fixture;
    const payload = { why: 'test', deep: [1, { two: null }] };
    const ids = [
      await ask({ kind: 'pause', payload }),
      await ask({ kind: 'resume', askedBy: 'user:7' }),
      await ask({ kind: 'retry' }),
    ];
    const waiting = await inbox.waiting([otherAccountId, accountId]);
    expect(waiting).toMatchObject([
      { commandId: ids[0], accountId, taskId: 'task', kind: 'pause', askedBy: 'operator', payload },
      { commandId: ids[1], accountId, taskId: 'task', kind: 'resume', askedBy: 'user:7' },
      { commandId: ids[2], accountId, taskId: 'task', kind: 'retry' },
    ]);
  },

  'shows nothing of other accounts': async ({ inbox, ask, otherAccountId }) => {
    await ask();
    expect(await inbox.waiting([otherAccountId])).toEqual([]);
    expect(await inbox.waiting([])).toEqual([]);
  },

  'keeps a command until it is answered, however often it is read': async ({ inbox, ask, accountId }) => {
    const [first, second] = [await ask(), await ask()];
    const waiting = async () => (await inbox.waiting([accountId])).map(({ commandId }) => commandId);
    expect(await waiting()).toEqual([first, second]);
    expect(await waiting()).toEqual([first, second]);
    await inbox.answer(done(first));
    expect(await waiting()).toEqual([second]);
    await inbox.answer({ commandId: second, status: 'refused', text: 'no' });
    expect(await waiting()).toEqual([]);
  },

  'gives the answer to the one who asked': async ({ inbox, ask, answerTo }) => {
    const [one, other] = [await ask(), await ask()];
    expect(await answerTo(one)).toBeNull();
    await inbox.answer({ commandId: one, status: 'refused', text: 'not now: "später" 漢字' });
    expect(await answerTo(one)).toEqual({
      commandId: one,
      status: 'refused',
      text: 'not now: "später" 漢字',
    });
    expect(await answerTo(other)).toBeNull();
  },

  'keeps the first answer when it is answered twice': async ({ inbox, ask, answerTo }) => {
    const commandId = await ask();
    await inbox.answer({ commandId, status: 'refused', text: 'not now' });
    await inbox.answer(done(commandId, 'changed my mind'));
    expect(await answerTo(commandId)).toEqual({ commandId, status: 'refused', text: 'not now' });
  },

  'calls back when a command arrives, each time': async ({ inbox, ask, until }) => {
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    for (let times = 0; times < 2; times += 1) {
      const before = calls;
      await ask();
      await until('the command is noticed', () => calls > before);
    }
  },

  'calls back after a reconnect, because a command may have arrived meanwhile': async (fixture) => {
    const { inbox, ask, until, loseConnection } = fixture;
    let calls = 0;
    await inbox.listen(() => (calls += 1));
    let before = 0;
    await loseConnection(async () => {
      before = calls;
      await ask();
    });
    await until('what was asked meanwhile is noticed', () => calls > before);
    const since = calls;
    await ask();
    await until('it listens again', () => calls > since);
  },
} satisfies Cases<InboxFixture>;

export const describeInbox = contractOf('Inbox', cases);
