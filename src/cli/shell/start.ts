/** `rollkeeper start`: the daemon in this process, until it is told to stop. What it does is `main.ts`. */
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
asked for twice (see .env.example).

SIGTERM, Ctrl-C or the end of its terminal (SIGHUP) drains: no new roll starts, rolls under way reach a committed state,
then it exits with 0, also when it comes while the daemon starts. After DRAIN_TIMEOUT_SECONDS it stops anyway; whatever was
under way goes on at the next start. To outlive its terminal, a daemon is a service of its own (setsid, systemd): Node takes
SIGHUP under nohup, too.

Examples:
  rollkeeper start
  rollkeeper start --data ~/rolls                      another embedded database
  rollkeeper start --inspect                           watch the machines at http://127.0.0.1:8080
  DATABASE_URL=postgres://… rollkeeper start --json    logs as JSON lines

Exit codes: 0 drained · 1 failed · 2 wrong configuration, or another daemon has this data directory`;
