/**
 * `rollkeeper demo`: three weeks of real prices and four positions, with every part real but the money. Everything else of this
 * folder is loaded only when the demo runs.
 */
import { Command, Option } from 'commander';
import { inspectOption, portOf, type InspectOptions } from '../shell/inspector-port.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

const serveOption = (): Option =>
  new Option(
    '--serve [port]',
    'play for people to watch, on the page at this port of 127.0.0.1 (default: 8787, or a free one), until Ctrl-C',
  );

interface ServeOptions {
  /** `true` when it is given without a port: the default port. */
  readonly serve?: true | string;
}

export const demoCommand = (): Command =>
  new Command('demo')
    .description('Play three weeks of recorded prices against four positions, on paper, in about a minute')
    .addOption(serveOption())
    .addOption(inspectOption())
    .addHelpText('after', help)
    .action(async (options: CommonOptions & InspectOptions & ServeOptions) => {
      const inspectorPort = portOf(options.inspect);
      const servePort = options.serve === true ? 'usual' : portOf(options.serve, '--serve');
      const { log } = openSession(options, { encryptionKey: false });
      const { playDemo } = await import('./play.ts');
      process.exitCode = await playDemo({
        json: options.json ?? false,
        dataDir: options.data,
        inspectorPort,
        servePort,
        log,
      });
    });

const help = `
It starts a database in a temporary directory (or in --data DIR, where it is kept) and a paper exchange that plays the real
BTC prices of 1 to 21 March 2023. The daemon, a process of its own, rolls four short options: a call and a put that follow
the price, a call by its delta, and a put before it expires. The tape runs fast while nothing happens and in real time while
a roll is under way.

With --serve the tape lasts some minutes, and a fifth position asks before it is rolled. The page shows all of it; sign in with the
link that is printed. The demo stays open when the tape is over.

Examples:
  rollkeeper demo
  rollkeeper demo --serve              watch it in a browser
  rollkeeper demo --data ./demo        keep it, then: rollkeeper task list --data ./demo
  rollkeeper demo --inspect            watch the machines at http://127.0.0.1:8080 meanwhile
  rollkeeper demo --json | tail -1     the summary, for programs

Exit codes: 0 every roll complete, positions match (with --serve: ended by Ctrl-C) · 1 not so, or the demo failed · 2 wrong arguments`;
