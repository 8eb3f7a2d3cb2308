/** `rollkeeper start`: runs the daemon in this process until a stop signal. What the daemon does is in `main.ts`. */
import { Command } from 'commander';
import { inspectOption, portOf, type InspectOptions } from './inspector-port.ts';
import { openSession, type CommonOptions } from './session.ts';

export const startCommand = (takeSignals: () => void): Command =>
  new Command('start')
    .description('Run the daemon: watch every task of this mode and roll when a trigger fires')
    .addOption(inspectOption())
    .addHelpText('after', help)
    .action(async (options: CommonOptions & InspectOptions) => {
      const inspectorPort = portOf(options.inspect);
      const { config, log } = openSession(options, { runsLong: true });
      const { runDaemon } = await import('../../main.ts');
      process.exitCode = await runDaemon(config, log, { inspectorPort, takeSignals });
    });

const help = `
Without any configuration it runs in paper mode on an embedded database in .rollkeeper: no key, no real money.
The mode is ROLLKEEPER_MODE=paper|testnet|demo|live; every mode but paper needs ENCRYPTION_KEY, and live has to be
confirmed by a second variable, ROLLKEEPER_LIVE (see .env.example).

SIGTERM, Ctrl-C or closing the terminal (SIGHUP) drains the daemon: no new roll starts, rolls under way reach a committed
state, and it exits with 0, also when the signal comes while it starts. After DRAIN_TIMEOUT_SECONDS it stops anyway; the
next start continues what was under way. To keep a daemon running without a terminal, make it a service (systemd, setsid):
nohup is not enough, because the daemon stops on SIGHUP even then.

Examples:
  rollkeeper start
  rollkeeper start --data ~/rolls                      another embedded database
  rollkeeper start --inspect                           watch the machines at http://127.0.0.1:8080
  DATABASE_URL=postgres://… rollkeeper start --json    logs as JSON lines

Exit codes: 0 drained · 1 failed · 2 wrong configuration, or another daemon has this data directory`;
