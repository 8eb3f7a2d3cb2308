/** Commands of administrators: letting people in and out, and seeing what is done. */
import { listUsers } from '../../application/list-users.ts';
import { readAudit } from '../../application/read-audit.ts';
import { liftBan, showUser } from '../../application/user-access.ts';
import { createVoucher } from '../../application/vouchers.ts';
import type { RecordedAct } from '../../ports/audit.ts';
import { bold, code, foreign, page, plainPage, pre, type Page, type Part } from '../page.ts';
import { askBack } from '../questions.ts';
import { say, type Room } from '../room.ts';
import { columns, timeIn, wrapped } from '../texts/table.ts';
import type { BotCommand } from './command.ts';

export const genCommand: BotCommand = {
  name: 'gen',
  about: 'DAYS [USES]: a voucher that lets people in',
  isForAdministrators: true,
  run: async (room, rest) => {
    const [days, uses = '1'] = rest.split(/\s+/);
    if (!room.visit.isPrivate) {
      await say(room, 'A voucher is shown in a private chat only.');
      return;
    }
    if (days === undefined || !/^\d{1,5}$/.test(days) || !/^\d{1,5}$/.test(uses)) {
      await say(room, 'Write how many days of access, and for how many people: /gen 30 or /gen 30 5');
      return;
    }
    if (room.visit.isAgain) {
      // What it made then is stored as a hash alone, and one more code would let one more in than was meant.
      await say(
        room,
        'This was interrupted, and may have made a voucher already. Write it again for a new one.',
      );
      return;
    }
    const voucher = await createVoucher(room.caller, room.ports, { days: Number(days), uses: Number(uses) });
    const { usesMax, expiresAtMs } = voucher;
    await say(
      room,
      page([
        bold('Voucher'),
        ` for ${days} days, ${usesMax === 1 ? 'one person' : `${usesMax} people`}. It is shown once.\n`,
        code(voucher.code),
        `\nTo be written to the bot as: /start ${voucher.code}`,
        `\nRedeemable until ${new Date(expiresAtMs).toISOString().slice(0, 10)}.`,
      ]),
    );
  },
};

export const banCommand: BotCommand = {
  name: 'ban',
  about: 'USER [REASON]: stop everything of a user',
  isForAdministrators: true,
  run: async (room, rest) => {
    const [userName = '', ...words] = rest.split(/\s+/);
    if (userName === '') {
      await say(room, 'Write whom, and why: /ban ann asked for it');
      return;
    }
    const user = await showUser(room.caller, room.ports, { userName });
    const listed = (await listUsers(room.caller, room.ports)).find(({ name }) => name === user.name);
    const reason = words.join(' ') || 'no reason given';
    await askBack(
      room,
      [
        bold(`Ban ${foreign(user.name, 60)}?`),
        `\n${accountsText(listed?.accountsTotal ?? 0)}: their tasks stop; rolls under way are brought to a hedged state first.`,
        `\nReason: ${foreign(reason, 200)}`,
      ],
      { kind: 'ban', userName: user.name, reason },
    );
  },
};

const accountsText = (total: number): string => (total === 1 ? '1 account' : `${total} accounts`);

export const unbanCommand: BotCommand = {
  name: 'unban',
  about: 'USER: let a banned user in again',
  isForAdministrators: true,
  run: async (room, rest) => {
    const [userName = ''] = rest.split(/\s+/);
    const { name } = await liftBan(room.caller, room.ports, { userName });
    await say(room, `${foreign(name, 60)} is not banned.`);
  },
};

export const statsCommand: BotCommand = {
  name: 'stats',
  about: 'users, accounts, strangers',
  isForAdministrators: true,
  run: async (room) => {
    const [users, strangers] = await Promise.all([
      listUsers(room.caller, room.ports),
      room.memory.strangers(),
    ]);
    const accounts = users.reduce((total, { accountsTotal }) => total + accountsTotal, 0);
    const facts = [
      ['users', String(users.length)],
      ['accounts', String(accounts)],
      ['strangers who wrote', String(strangers.people)],
      ['their messages', String(strangers.messages)],
    ];
    await say(room, page([bold('Stats'), '\n', pre(columns(facts))]));
  },
};

const actsMax = 15;

/** For everybody their own; administrators may name a user. */
export const logCommand: BotCommand = {
  name: 'log',
  about: 'who did what',
  aboutForAdministrators: 'who did what; /log USER: what a user did',
  run: async (room, rest) => {
    const [given = ''] = rest.split(/\s+/);
    const userName = given === '' ? undefined : given;
    const acts = await readAudit(room.caller, room.ports, { userName, limit: actsMax });
    await say(room, logPage(room, acts));
  },
};

function logPage({ zone, nowMs }: Room, acts: readonly RecordedAct[]): Page {
  if (acts.length === 0) return plainPage('Nothing was done that stands in the log.');
  const parts: Part[] = [bold('Log'), ` · the last ${acts.length}, newest first\n`];
  const lines = acts.toReversed().map(({ atMs, act, byName, by, taskId, accountName, userName, from }) => {
    const about = [accountName, taskId, userName]
      .filter((each) => each !== null)
      .map((each) => foreign(each, 30));
    return [
      `${timeIn(atMs, zone, nowMs())} ${act} ${about.join(' ')}`.trimEnd(),
      wrapped(`by ${foreign(byName ?? by, 30)}, ${foreign(from, 40)}`, { linesMax: 2 }),
    ].join('\n');
  });
  return page([...parts, pre(lines.join('\n'))]);
}
