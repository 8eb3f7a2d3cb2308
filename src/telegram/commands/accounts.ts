/** `/accounts` and `/add`: what there is to trade with, and how to have more of it. */
import { listAccounts } from '../../application/list-accounts.ts';
import { saidOf } from '../../domain/orders/account-trouble.ts';
import { enter, type Steps } from '../dialogues/dialogue.ts';
import { bold, foreign, page, type Part } from '../page.ts';
import { say, type Room } from '../room.ts';
import type { BotCommand } from './command.ts';

export const accountsCommand = (steps: Steps): BotCommand => ({
  name: 'accounts',
  about: 'your accounts; add one',
  run: async (room, rest) => {
    if (rest.toLowerCase().startsWith('add')) return beginAccount(room, steps);
    const accounts = await listAccounts(room.caller, room.ports);
    const parts: Part[] = [bold('Accounts')];
    if (accounts.length === 0) parts.push('\nNone yet.');
    for (const { name, userName, environment, role, tasksTotal, daemon, trouble, problem } of accounts) {
      parts.push('\n\n', bold(foreign(`${userName}/${name}`, 50)), ` · ${environment} · ${role}\n`);
      parts.push(`${tasksTotal} ${tasksTotal === 1 ? 'task' : 'tasks'}, `);
      parts.push(daemon === null ? 'no daemon manages it now' : 'managed');
      if (problem !== null) parts.push(`\n⚠ ${foreign(problem, 300)}`);
      if (trouble !== null) parts.push(`\n⚠ cannot trade: ${foreign(saidOf(trouble), 200)}`);
    }
    await say(room, page(parts, [[{ text: 'Add an account', data: 'k' }]]));
  },
});

/** Keys are sent in a private chat alone: in a group others would read them. */
export async function beginAccount(room: Room, steps: Steps): Promise<void> {
  if (!room.visit.isPrivate) {
    await say(room, `Keys are not for a group. Write to me in private: @${room.botName}`);
    return;
  }
  await enter(room, steps, { step: 'account.name', data: {} });
}

export const addCommand = (steps: Steps): BotCommand => ({
  name: 'add',
  about: 'add a task by buttons',
  run: (room) => enter(room, steps, { step: 'task.account', data: {} }),
});
