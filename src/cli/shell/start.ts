/** `rollkeeper start`: runs the daemon in this process until a stop signal. What the daemon does is in `main.ts`. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { BadInput } from '../../domain/errors.ts';
import { inspectOption, portOf, type InspectOptions } from './inspector-port.ts';
import { openSession, type CommonOptions } from './session.ts';

export const startCommand = (takeSignals: () => void): Command =>
  new Command('start')
    .description('Run the daemon: watch every task of this mode and roll when a trigger fires')
    .option(
      '--tape [file]',
      "on paper: play recorded minutes (as rollkeeper paper does) instead of a random walk; without FILE BTC's of March 2023",
    )
    .option('--i-understand-live', 'needed in live mode, where real money is traded')
    .addOption(inspectOption())
    .addHelpText('after', help)
    .action(async (options: StartOptions) => {
      const inspectorPort = portOf(options.inspect);
      const tapePath = await tapePathOf(options.tape);
      const { config, log, out } = openSession(options, { runsLong: true });
      if (config.mode === 'live') assertUnderstood(options);
      const { runDaemon } = await import('../../main.ts');
      process.exitCode = await runDaemon(config, log, {
        inspectorPort,
        tapePath,
        takeSignals,
        // A log that is kept as JSON must not hold what signs a person in.
        ...(config.log.format === 'pretty' && {
          onServed: async (api) =>
            out.say(`\nOpen the desk (once, within five minutes):\n  ${await api.link()}\n`),
        }),
      });
    });

interface StartOptions extends CommonOptions, InspectOptions {
  /** `true` for the tape that comes with the package. */
  readonly tape?: string | true;
  readonly iUnderstandLive?: boolean;
}

/** @throws BadInput */
function assertUnderstood({ iUnderstandLive }: StartOptions): void {
  if (iUnderstandLive === true) return;
  throw new BadInput('Live mode trades real money', [
    {
      path: '--i-understand-live',
      found: 'nothing',
      expected: '--i-understand-live beside ROLLKEEPER_MODE=live',
    },
  ]);
}

async function tapePathOf(tape: string | true | undefined): Promise<string | undefined> {
  if (tape === true) return (await import('../../exchange/paper/bundled-tape.ts')).bundledTapePath;
  if (tape === undefined || existsSync(tape)) return tape;
  throw new BadInput('The command is not right', [
    { path: '--tape', found: JSON.stringify(tape), expected: 'a file that exists' },
  ]);
}

const help = `
Without any configuration it runs in paper mode on an embedded database in .rollkeeper: no key, no real money.
The mode is ROLLKEEPER_MODE=paper|testnet|demo|live; every mode but paper needs ENCRYPTION_KEY, and live has to be
confirmed by a second variable, ROLLKEEPER_LIVE (see .env.example), and by --i-understand-live. A live account is only
watched until "rollkeeper arm" lets it trade.

With --tape an account begins with a short call and a short put of the tape's first day. The tape keeps real time until
there is a task, and is fast while nothing is under way; after its last minute the last price stands. Another start with the
same tape goes on where it was. Use a data directory of its own for it (--data): its dates are those of the tape.

SIGTERM, Ctrl-C or closing the terminal (SIGHUP) drains the daemon: no new roll starts, rolls under way reach a committed
state, and it exits with 0, also when the signal comes while it starts. After DRAIN_TIMEOUT_SECONDS it stops anyway; the
next start continues what was under way. To keep a daemon running without a terminal, make it a service (systemd, setsid):
nohup is not enough, because the daemon stops on SIGHUP even then.

Examples:
  rollkeeper start
  rollkeeper start --tape                              March 2023 again, for examples/roll.yaml
  rollkeeper start --data ~/rolls                      another embedded database
  rollkeeper start --inspect                           watch the machines at http://127.0.0.1:8080
  DATABASE_URL=postgres://… rollkeeper start --json    logs as JSON lines

Exit codes: 0 drained · 1 failed · 2 wrong configuration, or another daemon has this data directory`;
