/** `/halt` and `/resume`: trading is stopped at once, in all accounts of the person, in one, or everywhere. */
import { haltTrading, type WantedHalt } from '../../application/halt-trading.ts';
import { findAccount } from '../../application/find-account.ts';
import { listAccounts } from '../../application/list-accounts.ts';
import { haltedText, type HaltAction } from '../halting.ts';
import { bold, foreign } from '../page.ts';
import { askBack } from '../questions.ts';
import { say, type Room } from '../room.ts';
import type { BotCommand } from './command.ts';

type Where = Pick<WantedHalt, 'accountName' | 'isEverywhere'>;

export const haltCommand: BotCommand = {
  name: 'halt',
  about: 'stop trading at once (/halt now asks nothing)',
  run: async (room, rest) => {
    const [first = ''] = rest.split(/\s+/);
    if (first.toLowerCase() === 'now') {
      const result = await haltTrading(room.caller, room.ports, {
        waitMs: room.waitMs,
        reason: 'from the chat',
      });
      await say(room, haltedText(result, 'halt'));
      return;
    }
    const where = whereIn(first);
    const reason = rest.slice(first.length).trim();
    await askBack(
      room,
      [
        bold(`Halt trading ${await placeText(room, where)}?`),
        '\nNo roll begins any more. A roll of which nothing is closed is broken off; one that has closed something is completed as far as it is closed.',
        ...(reason === '' ? [] : [`\nReason: ${foreign(reason, 200)}`]),
      ],
      actionFor('halt', where, reason),
    );
  },
};

export const resumeCommand: BotCommand = {
  name: 'resume',
  about: 'let trading go on after a halt',
  run: async (room, rest) => {
    const [first = ''] = rest.split(/\s+/);
    const where = whereIn(first);
    await askBack(
      room,
      [
        bold(`Resume trading ${await placeText(room, where)}?`),
        '\nTasks roll again as soon as their triggers hold.',
      ],
      actionFor('resume', where, ''),
    );
  },
};

const whereIn = (word: string): Where => {
  if (word.toLowerCase() === 'everywhere') return { isEverywhere: true };
  return word === '' ? {} : { accountName: word };
};

const actionFor = (
  what: 'halt' | 'resume',
  { accountName, isEverywhere }: Where,
  reason: string,
): HaltAction => ({
  kind: what,
  accountName: accountName ?? null,
  isEverywhere: isEverywhere === true,
  reason,
});

/** @throws NotFound when the person sees no such account */
async function placeText({ caller, ports }: Room, { accountName, isEverywhere }: Where): Promise<string> {
  if (isEverywhere === true) return 'everywhere, for everybody';
  if (accountName !== undefined)
    return `in account ${foreign((await findAccount(caller, ports, { name: accountName })).name, 40)}`;
  const accounts = await listAccounts(caller, ports);
  const own = accounts.filter(({ userId }) => caller.kind === 'user' && userId === caller.userId);
  return `in your ${own.length === 1 ? 'account' : `${own.length} accounts`}`;
}
