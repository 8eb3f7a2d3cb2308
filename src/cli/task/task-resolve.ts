/** `rollkeeper task resolve`: what a task waits for that does not come, and the ways out of it. */
import { Command } from 'commander';
import { askTask } from '../../application/ask-task.ts';
import { operator } from '../../application/caller.ts';
import {
  markOrder,
  showResolution,
  type OrderMark,
  type ShownResolution,
  type ShownWayOut,
} from '../../application/resolve-task.ts';
import type { CommandResult } from '../../application/send-command.ts';
import { BadInput } from '../../domain/errors.ts';
import { readDecimal } from '../../domain/money.ts';
import type { WayOutKind } from '../../domain/roll/resolution.ts';
import { confirmed } from '../shell/confirm.ts';
import { withStore, type OpenStore } from '../shell/database.ts';
import { fitted, typedCommand } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';

interface Options extends CommonOptions {
  readonly retry?: boolean;
  readonly reopen?: boolean;
  readonly acceptFlat?: boolean;
  /** `true` without a value. */
  readonly filled?: string | true;
  readonly notPlaced?: boolean;
  readonly fee?: string;
  readonly yes?: boolean;
  readonly wait: string;
}

export const taskResolveCommand = (): Command =>
  new Command('resolve')
    .description('Show what a task waits for that does not come, and take a way out of it')
    .argument('<id>', 'the task: its id, or as much of it as is unique')
    .option('--retry', 'try again now')
    .option('--reopen', 'open the old option again instead of the new one')
    .option('--accept-flat', 'end the task as it stands now')
    .option(
      '--filled [qty@price]',
      'the order of which nothing is known has traded this much at this average price, and is over; 0: nothing. Without a value: what fits the account, at its limit',
    )
    .option('--fee <amount>', 'what that cost in fees, in settle coin; default: 0')
    .option('--not-placed', 'the exchange never had the order of which nothing is known')
    .option('--yes', 'do it without asking')
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (given: string, options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const choice = choiceOf(options);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const shown = await showResolution(operator, store, given);
        if (choice === null) {
          session.out.record(jsonOf(shown));
          session.out.say(fitted(pageOf(shown)));
          return;
        }
        const way = shown.resolution?.waysOut.find(({ kind }) => kind === choice);
        const word = wordOf(choice, options, way);
        const question = `${shown.taskId}: ${way && !saysMore(options) ? way.text : `--${flagOf(choice)}`}. Do it?`;
        if (!(await confirmed(question, { yes: options.yes ?? false }))) {
          session.out.say('Nothing was done.');
          return;
        }
        const { taskId } = shown;
        const wish = { taskId, waitMs: waitSeconds * 1_000 };
        reportAnswer(session, await take(store, { choice, word, wish }), waitSeconds);
      });
    });

type Choice = Exclude<WayOutKind, OwnCommand>;
/** Ways out that are commands of their own. */
type OwnCommand = 'resume' | 'remove' | 'approve' | 'decline';
const ownCommands: readonly WayOutKind[] = ['resume', 'remove', 'approve', 'decline'] satisfies OwnCommand[];
const isOwnCommand = (kind: WayOutKind): kind is OwnCommand => ownCommands.includes(kind);

const flags: Readonly<Record<Choice, string>> = {
  filled: 'filled',
  notPlaced: 'not-placed',
  retry: 'retry',
  reopen: 'reopen',
  acceptFlat: 'accept-flat',
};
const flagOf = (choice: Choice): string => flags[choice];

/** What was said of the order is not what the stored task suggests. */
const saysMore = ({ filled, fee }: Options): boolean => typeof filled === 'string' || fee !== undefined;

/** @throws BadInput when more than one is given */
function choiceOf(options: Options): Choice | null {
  const given = (Object.keys(flags) as Choice[]).filter((choice) => options[choice] !== undefined);
  const [choice = null, ...others] = given;
  const wrong = (path: string, found: string, expected: string): never => {
    throw new BadInput('The choice is not clear', [{ path, found, expected }]);
  };
  if (others.length > 0)
    return wrong('choice', given.map((each) => `--${flagOf(each)}`).join(' '), 'one of them');
  if (options.fee !== undefined && choice !== 'filled')
    return wrong('--fee', options.fee, 'beside --filled alone');
  return choice;
}

/** @throws BadInput when quantity, price or fee is no number */
function wordOf(
  choice: Choice,
  { filled, fee }: Options,
  way: ShownWayOut | undefined,
): OrderMark['word'] | null {
  if (choice === 'notPlaced') return { kind: 'notPlaced' };
  if (choice !== 'filled') return null;
  const [qtyText, priceText] = typeof filled === 'string' ? filled.split('@') : [];
  const expected = 'a quantity in base coin and the average price, like 0.3@905; or 0';
  const read = (path: string, text: string | undefined): string | undefined => {
    if (text === undefined) return undefined;
    const value = readDecimal(text.trim());
    if (value === null)
      throw new BadInput('What was said of the order is not right', [{ path, found: text, expected }]);
    return value;
  };
  return {
    kind: 'filled',
    qty: read('--filled', qtyText) ?? way?.filled?.qty,
    price: read('--filled', priceText) ?? undefined,
    fee: read('--fee', fee),
  };
}

interface Taking {
  readonly choice: Choice;
  readonly word: OrderMark['word'] | null;
  readonly wish: { readonly taskId: string; readonly waitMs: number };
}

function take(store: OpenStore, { choice, word, wish }: Taking): Promise<CommandResult> {
  if (word !== null) return markOrder(operator, store, { ...wish, word });
  return askTask(operator, store, { ...wish, kind: choice as 'retry' | 'reopen' | 'acceptFlat' });
}

const jsonOf = ({ resolution, ...task }: ShownResolution): object => ({ ...task, ...resolution });

function pageOf({ taskId, userName, accountName, state, version, now, resolution }: ShownResolution): string {
  const heading = `Task ${taskId} of ${userName}/${accountName}: ${state}, version ${version}`;
  if (resolution === null)
    return `${heading}\n${now}; the next daemon does so: ${typedCommand('rollkeeper start')}`;
  const { stuck, rollText: roll, orderTexts, waysOut } = resolution;
  const facts: [string, readonly string[]][] = [
    ['Waits for', [stuck === null ? `nothing that a person could do: ${now}` : stuck.text]],
    ...(roll === null ? [] : [['Roll', [roll]] satisfies [string, readonly string[]]]),
    ...(orderTexts.length === 0 ? [] : [['Order', orderTexts] satisfies [string, readonly string[]]]),
  ];
  const known = facts.flatMap(([name, lines]) =>
    lines.map((line, at) => `${(at === 0 ? `${name}:` : '').padEnd(12)}${line}`),
  );
  const ways = waysOut.flatMap((way) => [
    `  ${typedCommand(commandOf(way, taskId))}`,
    `      ${way.isPossible ? '' : 'not now: '}${way.text}`,
  ]);
  return [heading, ...known, ...(ways.length === 0 ? [] : ['', 'Ways out:', ...ways])].join('\n');
}

function commandOf({ kind, filled }: ShownWayOut, taskId: string): string {
  if (isOwnCommand(kind)) return `rollkeeper task ${kind} ${taskId}`;
  const value = filled === undefined ? '' : ` ${filled.qty}${filled.qty === '0' ? '' : `@${filled.price}`}`;
  return `rollkeeper task resolve ${taskId} --${flagOf(kind)}${value}`;
}

const help = `
Without a choice it shows what is known of the task, of the order in its way and of the account, and what each way out
would do. A choice is asked for once more, unless --yes is given; the daemon does it, and the journal says who asked.

What you say of an order counts only while nothing else is known of it: it has been looked up for a minute in vain. It never
lets an order be there twice. One that was not placed is sent once more under its own id, which the exchange takes only once;
one that ended short is cancelled first; and none counts as traded that the account's position does not show.

Examples:
  rollkeeper task resolve k7m2p9qx4d
  rollkeeper task resolve k7m2p9qx4d --filled 0.3@905 --fee 0.21
  rollkeeper task resolve k7m2p9qx4d --not-placed
  rollkeeper task resolve k7m2p9qx4d --accept-flat --yes --json

With --json: what is known, or {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Exit codes: 0 shown, done or queued · 1 failed or refused · 2 no such task, wrong choice, or not confirmed`;
