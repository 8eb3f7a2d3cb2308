/** `rollkeeper upgrade`: whether this version can take over the database of an older one, and the migrations, when it can. */
import { Command, InvalidArgumentError } from 'commander';
import { checkUpgrade } from '../../application/check-upgrade.ts';
import { operator } from '../../application/caller.ts';
import { upgradeVerdict, type UpgradeLine } from '../../domain/doctor/upgrade-finding.ts';
import { upgradeText, verdictText } from '../../domain/explain/upgrade-text.ts';
import { replaying } from '../../replay/replay.ts';
import { withDatabase } from './database.ts';
import { progressBar } from './progress-bar.ts';
import { printLine } from './report.ts';
import { openSession, type CommonOptions, type Session } from './session.ts';

interface Options extends CommonOptions {
  readonly check?: boolean;
  readonly rowsMax: number;
}

export const upgradeCommand = (): Command =>
  new Command('upgrade')
    .description('Check whether this version can take over the database, and bring it to the newest schema')
    .option('--check', 'only look: nothing is changed')
    .option('--rows-max <n>', 'replay so many rows of journals, about', rowsMaxOf, 200_000)
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const session = openSession(options, { encryptionKey: false });
      await withDatabase(session, async (databaseUrl) => {
        const lines = await check(session, databaseUrl, options.rowsMax);
        const verdict = upgradeVerdict(lines);
        if (options.check === true || !verdict.isReady) {
          session.out.record({ verdict });
          session.out.say(`\n${verdictText(verdict).join('\n')}`);
          if (!verdict.isReady) process.exitCode = 1;
          return;
        }
        const { migrateUpgraded } = await import('../../store/migrate-upgraded.ts');
        const applied = await migrateUpgraded(databaseUrl, session.log, verdict.stopFirst);
        session.out.record({ verdict, applied });
        session.out.say(
          applied.length === 0
            ? '\nThe database is up to date.'
            : `\nApplied ${applied.length}: ${applied.join(', ')}.`,
        );
      });
    });

function rowsMaxOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('a whole number of rows, 1 or more, is expected.');
  return Number(text);
}

async function check(
  { config, log, out }: Session,
  databaseUrl: string,
  rowsMax: number,
): Promise<UpgradeLine[]> {
  const { openUpgrade } = await import('../../main/upgrade.ts');
  const opened = openUpgrade(config, databaseUrl, log);
  const bar = progressBar(out, '| {value} of {total} rows replayed');
  const lines: UpgradeLine[] = [];
  const onProgress = (rows: number, rowsTotal: number): void => {
    if (rows === 0) bar?.start(rowsTotal, 0);
    else bar?.increment(rows);
  };
  try {
    for await (const line of checkUpgrade(operator, { ...opened, replaying }, { rowsMax, onProgress })) {
      bar?.stop();
      lines.push(line);
      printLine(out, line, upgradeText(line.finding));
    }
    return lines;
  } finally {
    bar?.stop();
    await opened.close();
  }
}

const help = `
Run it with the new version while the older daemons still work. It says which migrations are pending, for each whether it can be
undone and whether daemons of older versions may go on, replays the newest rows of the journals of active tasks through the
machines of this version, and lists machine versions, daemons and rolls in flight. With --check nothing is changed. Without it
the migrations are applied when nothing is WRONG; where one needs the older daemons to be stopped and one is running, it refuses.
The daemons themselves are started and stopped by you (docs/operations.md).

Examples:
  rollkeeper upgrade --check
  rollkeeper upgrade --check --json      one JSON line per finding, and a last one with the verdict
  rollkeeper upgrade

With --json: {"check":…,"subject":…,"state":"ok"|"warning"|"wrong"|"unknown","code":…,"figures":{…},"found":…,"fix":…},
at last {"verdict":{"isReady":…,"pending":…,"stopFirst":[…],"limited":[…],"noWayBack":[…],"daemons":…}}, with "applied":[…] without --check

Exit codes: 0 ready, or up to date · 1 not ready, or failed with nothing half-applied · 2 wrong option or configuration, or older
daemons are still running that must be stopped first`;
