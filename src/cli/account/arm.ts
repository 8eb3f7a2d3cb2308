/** `rollkeeper arm` and `rollkeeper disarm`. Before arming it shows what each account holds, because that is what will be rolled. */
import { Command } from 'commander';
import { armableAccounts, armAccounts, type ArmingResult } from '../../application/arm-accounts.ts';
import { operator } from '../../application/caller.ts';
import { listPositions, type AccountPositions } from '../../application/list-positions.ts';
import type { SeenPosition } from '../../domain/explain/account-look.ts';
import { confirmed } from '../shell/confirm.ts';
import { withStore, type OpenStore } from '../shell/database.ts';
import { openSession, type CommonOptions, type Session } from '../shell/session.ts';
import { parseWait, waitOption } from '../task/ask.ts';
import { reportPending } from './halt.ts';

interface Options extends CommonOptions {
  readonly account?: string;
  readonly user?: string;
  readonly wait: string;
  readonly yes?: boolean;
}

export const armCommand = (): Command =>
  commandFor('arm', 'Let live accounts trade: until then an account with real money is only watched')
    .option('--yes', 'do not ask')
    .addHelpText('after', armHelp)
    .action(async (options: Options) => {
      const session = openSession(options);
      const result = await withStore(session, async (store) => {
        const isWanted = await isWantedBy(session, store, options);
        return isWanted ? armAccounts(operator, store, { ...wantedOf(options), isArmed: true }) : null;
      });
      if (result) report(session, result);
      else session.out.say('Nothing was armed.');
    });

export const disarmCommand = (): Command =>
  commandFor('disarm', 'Let live accounts trade no more, until they are armed again')
    .addHelpText('after', disarmHelp)
    .action(async (options: Options) => {
      const session = openSession(options);
      const wanted = { ...wantedOf(options), isArmed: false };
      report(session, await withStore(session, (store) => armAccounts(operator, store, wanted)));
    });

const commandFor = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('--account <name>', 'only this account; default: every live account')
    .option('--user <name>', 'with --account: whose it is')
    .addOption(waitOption());

const accountOf = ({ account, user }: Options) =>
  account === undefined ? undefined : { name: account, userName: user };

const wantedOf = (options: Options) => ({
  account: accountOf(options),
  waitMs: parseWait(options.wait) * 1_000,
});

async function isWantedBy({ out }: Session, store: OpenStore, options: Options): Promise<boolean> {
  const { waitMs } = wantedOf(options);
  const accounts = await armableAccounts(operator, store, accountOf(options));
  for (const { name, userName } of accounts) {
    const [held] = await listPositions(operator, store, { account: { name, userName }, waitMs });
    if (held) out.say(heldText(held));
  }
  if (accounts.length === 0) return true;
  const which = accounts.length === 1 ? 'this account' : `these ${accounts.length} accounts`;
  return confirmed(`Arm ${which}? From then on rolls trade real money.`, { yes: options.yes === true });
}

function heldText({ userName, accountName, positions, problem }: AccountPositions): string {
  const named = `${userName}/${accountName}`;
  if (positions === null)
    return `${named}: what it holds is not known: ${problem ?? 'no daemon has answered'}.`;
  if (positions.length === 0) return `${named} holds no option.`;
  return `${named} holds ${positions.map(positionText).join(', ')}.`;
}

function positionText({ side, qty, symbol, taskIds }: SeenPosition): string {
  return `${side} ${qty} ${symbol}${taskIds.length === 0 ? ', which no task manages' : ''}`;
}

function report(session: Session, result: ArmingResult): void {
  const { isArmed, accounts, changed } = result;
  session.out.record(result);
  if (accounts.length === 0) session.out.say('There is no live account: others need no arming.');
  for (const { accountId, name, userName } of accounts) {
    const already = changed.includes(accountId) ? '' : ' already';
    session.out.say(`${userName}/${name} is ${isArmed ? 'armed' : 'disarmed'}${already}.`);
  }
  reportPending(session, result);
  if (isArmed && accounts.length > 0) session.out.next('rollkeeper disarm', 'rollkeeper halt');
}

const armHelp = `
A live account trades real money. A new one is only watched: its tasks show what they would do, and nothing is traded until
it is armed here. It stays armed over restarts, until it is disarmed. What each account holds is shown first, as the daemon
that manages it sees it.

Examples:
  rollkeeper arm
  rollkeeper arm --account main --user ann
  rollkeeper arm --yes --json

With --json: {"isArmed":true,"accounts":[{"accountId":…,"name":…,"userName":…}],"changed":[ids],"pending":[…]}

Exit codes: 0 armed, or not wanted · 1 failed, or not confirmed by a daemon · 2 unknown account`;

const disarmHelp = `
It is as with a halt: no roll begins, an order of leg 1 is cancelled, and what was closed is opened.

Examples:
  rollkeeper disarm
  rollkeeper disarm --account main --user ann --json

With --json: as arm, with "isArmed":false

Exit codes: 0 disarmed · 1 failed, or not confirmed by a daemon · 2 unknown account`;
