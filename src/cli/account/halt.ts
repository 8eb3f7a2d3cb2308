/** `rollkeeper halt` and `rollkeeper resume`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { haltTrading, resumeTrading, type HaltResult } from '../../application/halt-trading.ts';
import { haltText } from '../../domain/explain/halt-text.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions, type Session } from '../shell/session.ts';
import { parseWait, waitOption } from '../task/ask.ts';

interface Options extends CommonOptions {
  readonly account?: string;
  readonly user?: string;
  readonly reason?: string;
  readonly wait: string;
}

export const haltCommand = (): Command =>
  commandFor('halt', 'Halt trading at once: no roll begins anywhere, or in one account, until it is resumed')
    .option('--reason <text>', 'why; it is shown to everybody concerned')
    .addHelpText('after', haltHelp)
    .action(async (options: Options) => {
      const session = openSession(options);
      const result = await withStore(session, (store) =>
        haltTrading(operator, store, { ...wantedOf(options), reason: options.reason }),
      );
      session.out.record(result);
      const what = `Trading is halted ${whereOf(options, result)}`;
      session.out.say(result.isNew ? `${what}.` : `${what} already.`);
      reportPending(session, result);
      session.out.next(`rollkeeper resume${namesOf(options)}`);
    });

export const resumeCommand = (): Command =>
  commandFor('resume', 'Resume trading that was halted')
    .addHelpText('after', resumeHelp)
    .action(async (options: Options) => {
      const session = openSession(options);
      const result = await withStore(session, (store) => resumeTrading(operator, store, wantedOf(options)));
      session.out.record(result);
      const where = whereOf(options, result);
      session.out.say(result.isNew ? `The halt is lifted ${where}.` : `Nothing was halted ${where} as such.`);
      for (const halt of result.halts) session.out.say(`Still: ${haltText(halt)}.`);
      if (result.narrower > 0)
        session.out.say(`Still in force: ${result.narrower} of single users or accounts.`);
      reportPending(session, result);
      if (result.narrower > 0) session.out.next('rollkeeper account list');
    });

const commandFor = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--account <name>', 'only this account')
    .option('--user <name>', "only this user's accounts; with --account, whose it is")
    .addOption(waitOption());

const wantedOf = ({ account, user, wait }: Options) => ({
  accountName: account,
  userName: user,
  waitMs: parseWait(wait) * 1_000,
});

const namesOf = ({ account, user }: Options): string =>
  (account === undefined ? '' : ` --account ${JSON.stringify(account)}`) +
  (user === undefined ? '' : ` --user ${JSON.stringify(user)}`);

function whereOf({ account, user }: Options, { scope, accounts }: HaltResult): string {
  if (scope === 'account') return `in account ${account ?? ''}`;
  const of = accounts === 1 ? '1 account' : `${accounts} accounts`;
  return scope === 'user' ? `for ${user ?? ''} (${of})` : `everywhere (${of})`;
}

/** Names the daemons that have not confirmed it, and lets the command fail with them. */
export function reportPending({ out }: Session, { pending }: Pick<HaltResult, 'pending'>): void {
  for (const { accountName, userName, daemon } of pending)
    out.say(`Not confirmed yet: ${userName}/${accountName}, by daemon ${daemon}.`);
  if (pending.length > 0) process.exitCode = 1;
}

const haltHelp = `
No roll begins any more, also none that a person asks for. A roll of which nothing is closed is broken off and its order
cancelled; of one that has closed something, as much is opened as is closed, and the rest waits. Prices reach no task. It
holds for daemons that start later, until it is resumed. The command ends when every daemon concerned has confirmed that no
order of leg 1 leaves any more, and names those that have not.

Examples:
  rollkeeper halt --reason "the exchange is under maintenance"
  rollkeeper halt --account main --user ann
  rollkeeper halt --user ann --json

With --json: {"scope":"everything"|"user"|"account","isNew":…,"accounts":…,"pending":[…],"halts":[…]}

Exit codes: 0 in force · 1 failed, or not confirmed everywhere · 2 unknown user or account`;

const resumeHelp = `
Lifts what was halted under the same names: "halt --account main" is lifted by "resume --account main". Triggers are judged
from the next price on, and what has to hold for a while begins anew. Rolls that wait go on. A ban, or access that has
ended, is not lifted here.

Examples:
  rollkeeper resume
  rollkeeper resume --account main --user ann

With --json: as halt; "halts" is what halts these accounts all the same, "narrower" how many halts of
single users and accounts stand besides

Exit codes: 0 resumed · 1 failed, or not confirmed everywhere · 2 unknown user or account`;
