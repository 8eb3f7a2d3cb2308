/** `rollkeeper task add`. */
import { Command } from 'commander';
import { addTask } from '../../application/add-task.ts';
import { operator } from '../../application/caller.ts';
import { findAccount } from '../../application/find-account.ts';
import { parseWait, reportAnswer, waitOption } from './ask.ts';
import { legOption } from './leg-options.ts';
import { presetOption, setOption } from './preset-options.ts';
import { withStore } from '../shell/database.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { readSpec, type SpecOptions } from './task-spec-input.ts';

interface Options extends CommonOptions, SpecOptions {
  readonly account: string;
  readonly user?: string;
  readonly wait: string;
}

export const taskAddCommand = (): Command =>
  new Command('add')
    .description('Let Rollkeeper manage a position: watch it and roll it when its trigger fires')
    .requiredOption('--account <name>', 'the account that holds the position')
    .option('--user <name>', 'the owner of the account, needed when several users have one of that name')
    .option('--symbol <symbol>', 'the option held, like BTC-31MAR23-26000-C-USDT')
    .addOption(legOption())
    .option(
      '--trigger <price>',
      'roll when the index reaches this price: from below for a call, from above for a put',
    )
    .option(
      '--target <step>',
      'the next strike: +1000 (1000 above the old one) or "+2 steps" (two listed strikes above); -1000 for a put',
    )
    .option('--qty <quantity>', 'how much of the position, in base coin; default: all of it')
    .option('--spec <file>', 'everything above and more in a YAML or JSON file; - reads it from a pipe')
    .addOption(presetOption())
    .addOption(setOption())
    .addOption(waitOption())
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const waitSeconds = parseWait(options.wait);
      const spec = readSpec(options);
      const session = openSession(options);
      await withStore(session, async (store) => {
        const account = { name: options.account, userName: options.user };
        const { environment } = await findAccount(operator, store, account);
        if (environment !== session.config.mode) {
          session.log.warn(`Account ${options.account} is served by a daemon in ${environment} mode only`);
        }
        const wish = { account, spec, waitMs: waitSeconds * 1_000 };
        reportAnswer(session, await addTask(operator, store, wish), waitSeconds);
      });
    });

const help = `
The daemon manages the position as the account holds it: side and size are read there. Without a running daemon the task
is queued until the next one starts; the exit code is 0 then, and the status is "queued".

Examples:
  rollkeeper task add --account main --symbol BTC-31MAR23-26000-C-USDT --trigger 25500 --target +1000
  rollkeeper task add --account main --symbol BTC-31MAR23-21000-P-USDT --trigger 21500 --target -1000 --qty 0.3
  rollkeeper task add --account main --spec call.yaml
  rollkeeper task add --account main --symbol BTC-31MAR23-26000-C-USDT --preset roll-at-21-days --set intoDays=60
  rollkeeper task add --account main --leg BTC-31MAR23-26000-C-USDT --leg BTC-31MAR23-21000-P-USDT --preset strangle-pair

call.yaml, with everything that a spec can say:
  symbol: BTC-31MAR23-26000-C-USDT
  qty: all                                    # or "0.3"
  trigger:                                    # one condition, or any / all of several; or just a price
    any:
      - index: { above: 25500, for: 5s }      # also mark, last; below
      - delta: { above: 0.45 }
      - all: [ { profit: { above: 80% } }, { moneyness: { above: -1% } }, { optionMark: { below: 50 } } ]
      - daysToExpiry: { below: 2 }
      - expiryDay: { after: 06:30 }
  evenIfTrue: false                           # true: add it even if its trigger holds already
  target: { strike: +2 steps, expiry: next-weekly }   # +1000, +5%, delta 0.25, same; same, min 7d; or: target: close
  guards:
    netCredit: { min: 0 }
    debit: { max: 10% }
    spread: { max: 20% }
    openInterest: { min: 5 }
    maintenanceMargin: { max: 85% }
    rolls: { max: 6, perDay: 2 }
    cooldown: 15m
    notBeforeExpiry: 30m
    quietHours: 22:00-06:00                   # UTC
    whenRefused: alert                        # or skip, close
  execution: { style: walk, every: 3s, deadline: 2m, slippage: { max: 5% } }
  leg2: { fallback: keepTrying }              # or reopenLeg1, stayFlat
  follow: strike                              # the trigger moves with the strike; or fixed, percent

Instead of trigger and target, several rules, judged in their order:
  rules:
    - { name: take profit, when: { profit: { above: 50% } }, then: close }
    - { when: { daysToExpiry: { below: 21 } }, then: { roll: { strike: delta 0.16, expiry: nearest 45d } } }
    - { when: { delta: { above: 0.35 } }, then: alert }       # each may have guards and execution of its own

Instead of symbol, several options that are managed as one, with one net credit and one ledger:
  legs:
    - { name: call, symbol: BTC-31MAR23-26000-C-USDT }        # name, qty and side (short, long) may be left out
    - { name: put, symbol: BTC-31MAR23-21000-P-USDT }
  rules:
    - when: { leg: tested, delta: { above: 0.30 } }
      then: { roll: { strike: delta 0.16, expiry: same }, legs: tested }   # or untested, or names; without it all of them

With --json: {"taskId":…,"commandId":…,"status":"queued"|"done"|"refused","answer":…}

Next: rollkeeper task show ID

Exit codes: 0 done or queued · 1 failed or refused by the daemon · 2 wrong spec, unknown account`;
