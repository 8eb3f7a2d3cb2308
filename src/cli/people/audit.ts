/** `rollkeeper audit`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { readAudit } from '../../application/read-audit.ts';
import type { RecordedAct } from '../../ports/audit.ts';
import { withStore } from '../shell/database.ts';
import { secondText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { doerText, sinceMs, wholeNumber } from './people-words.ts';

interface Options extends CommonOptions {
  readonly user?: string;
  readonly since?: string;
  readonly limit: string;
}

export const auditCommand = (): Command =>
  new Command('audit')
    .description('Show who did what, when and from where')
    .option('--user <name>', 'only acts of this user, and those about them and their accounts')
    .option('--since <when>', 'a day like 2027-01-31, or 7d, 12h, 30m')
    .option('--limit <n>', 'the newest so many, up to 1000', '200')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const wanted = {
        userName: options.user,
        sinceMs: options.since === undefined ? undefined : sinceMs('--since', options.since),
        limit: wholeNumber('--limit', options.limit),
      };
      const session = openSession(options);
      const acts = await withStore(session, (store) => readAudit(operator, store, wanted));
      for (const act of acts) session.out.record(act);
      if (acts.length === 0) {
        session.out.say('Nothing was done that is recorded.');
        return;
      }
      session.out.table(
        ['TIME (UTC)', 'WHO', 'ACT', 'WHAT', 'FROM'],
        acts.map((act) => [
          secondText(act.atMs),
          doerText(act.by, act.byName),
          act.act,
          targetText(act),
          act.from,
        ]),
      );
    });

function targetText({ ownerName, accountName, taskId, userName, details }: RecordedAct): string {
  const account = accountName === null ? [] : [`${ownerName ?? '?'}/${accountName}`];
  const rest = Object.entries(details)
    .filter(([key, value]) => value !== null && key !== 'commandId')
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  // The owner stands before the account's name.
  const user = accountName !== null && userName === ownerName ? null : userName;
  return [...account, taskId, user, ...rest].filter((each) => each !== null).join(' ');
}

const help = `
Every act that changes something is recorded in the transaction that does it, and the record cannot be changed. A task's own steps
stand in its journal: rollkeeper journal show.

Examples:
  rollkeeper audit
  rollkeeper audit --user ann --since 7d
  rollkeeper audit --json                     one JSON line per act, oldest first

Exit codes: 0 shown · 1 failed · 2 wrong arguments or configuration`;
