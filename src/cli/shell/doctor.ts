/** `rollkeeper doctor`: one line per check, and what to do. What is checked is `application/diagnose.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { diagnose, diagnoseWithout } from '../../application/diagnose.ts';
import { fileLimit } from '../../daemon/doctor/process-probe.ts';
import { countsOf, type CheckLine } from '../../domain/doctor/finding.ts';
import { BadInput } from '../../domain/errors.ts';
import { doctorText } from '../../domain/explain/doctor-text.ts';
import { stopSignals } from '../../stop-signals.ts';
import { lazyTrial } from './channel-trial.ts';
import { createOutput } from './output.ts';
import { printLine } from './report.ts';
import { openSession, type CommonOptions, type Session } from './session.ts';

interface Options extends CommonOptions {
  readonly send?: boolean;
}

/** What is still open by then is left to the end of the process. */
const closeMaxMs = 5_000;

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('Examine everything that a daemon needs, and say what is wrong and what to do')
    .option('--send', 'send a test by each alert channel')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const out = createOutput(options.json ?? false);
      const session = sessionOf(options);
      const lines: CheckLine[] = [];
      const show = (line: CheckLine): void => {
        lines.push(line);
        printLine(out, line, doctorText(line.finding));
      };
      if ('issues' in session) diagnoseWithout(session.issues, await fileLimit()).forEach(show);
      else await examine(session, { show, sendsTests: options.send ?? false });
      const counts = countsOf(lines);
      out.record({ summary: counts });
      const { ok, warning, wrong, unknown } = counts;
      out.say(
        `\n${ok} ok, ${warning} warning${warning === 1 ? '' : 's'}, ${wrong} wrong, ${unknown} not known.`,
      );
      process.exitCode = wrong > 0 ? 1 : 0;
    });

/** A configuration that is wrong is something to report, not a failure of this command. */
function sessionOf(options: CommonOptions): Session | { readonly issues: BadInput['issues'] } {
  try {
    return openSession(options);
  } catch (error) {
    if (error instanceof BadInput) return { issues: error.issues };
    throw error;
  }
}

interface Showing {
  readonly show: (line: CheckLine) => void;
  readonly sendsTests: boolean;
}

async function examine({ config, log }: Session, { show, sendsTests }: Showing): Promise<void> {
  const { openExamination } = await import('../../main/doctor.ts');
  // What is wrong is in the report: the log repeats it only with --verbose.
  const quiet = log.isLevelEnabled('debug') ? log : log.child({}, { level: 'silent' });
  const trial = lazyTrial(config);
  const examination = openExamination(config, { log: quiet, trial });
  const close = async (): Promise<void> => {
    const closed = Promise.all([examination.close(), trial.close()]);
    closed.catch(() => undefined);
    await Promise.race([closed, sleep(closeMaxMs, undefined, { ref: false })]);
  };
  const onSignal = (): void => void close().finally(() => process.exit(130));
  for (const signal of stopSignals) process.once(signal, onSignal);
  try {
    for await (const line of diagnose(operator, examination, { sendsTests })) show(line);
  } finally {
    for (const signal of stopSignals) process.off(signal, onSignal);
    await close();
    // A check that took too long may have left something open.
    setTimeout(() => process.exit(), closeMaxMs).unref();
  }
}

const help = `
It looks at the configuration, the number of files that may be open, the database (embedded or not: reachable, version, rights, settings
that keep commits, connections, schema, room), whether ENCRYPTION_KEY opens what is stored, the clocks of database and
exchange, the exchange and its maintenance, public prices, daemons and who manages which account, each account's key (rights,
no right to withdraw, margin mode, address, end) and private stream, alert channels and backups. Every check has a time-out,
and one that fails keeps no other from running. Nothing is changed, no secret is shown, and it works beside running daemons
as well as without any database.

ok: as it should be · warning: works, and should be looked at · WRONG: does not work · not known: cannot be found out, because
something else is missing. What to do stands behind the arrow.

Examples:
  rollkeeper doctor
  rollkeeper doctor --send               also sends a test by each alert channel
  rollkeeper doctor --json               one JSON line per finding, and a last one with how many there are

With --json: {"check":…,"subject":…,"state":"ok"|"warning"|"wrong"|"unknown","code":…,"figures":{…},"found":…,"fix":…},
at last {"summary":{"ok":…,"warning":…,"wrong":…,"unknown":…}}

Exit codes: 0 nothing is wrong (there may be warnings) · 1 something is wrong, also in the configuration · 2 wrong option`;
