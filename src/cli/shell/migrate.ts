/** `rollkeeper migrate`: brings the database to the newest schema, or back to an older one, and prints what was done. */
import { Command } from 'commander';
import { withDatabase } from './database.ts';
import { openSession, type CommonOptions } from './session.ts';

interface Options extends CommonOptions {
  readonly backTo?: string;
}

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('Bring the database to the newest schema')
    .option(
      '--back-to <migration>',
      'undo what was applied after this one, for an older version of rollkeeper',
    )
    .addHelpText('after', help)
    .action(async (options: Options) => {
      if (options.backTo !== undefined) return back(options, options.backTo);
      const session = openSession(options, { encryptionKey: false, makesDatabase: true });
      const { migrate } = await import('../../store/migrate.ts');
      const { assertSessionsAreOwn } = await import('../../store/ownership/own-sessions.ts');
      const applied = await withDatabase(session, async (databaseUrl) => {
        if (session.config.database.kind === 'url') await assertSessionsAreOwn(databaseUrl);
        return migrate(databaseUrl, session.log);
      });
      session.out.record({ applied });
      session.out.say(
        applied.length === 0
          ? 'The database is up to date.'
          : `Applied ${String(applied.length)}: ${applied.join(', ')}.`,
      );
    });

async function back(options: Options, last: string): Promise<void> {
  const session = openSession(options, { encryptionKey: false });
  const { migrateBack } = await import('../../store/migrate-back.ts');
  const undone = await withDatabase(session, (databaseUrl) => migrateBack(databaseUrl, last));
  session.out.record({ undone });
  session.out.say(
    undone.length === 0
      ? `The newest migration is ${last} already.`
      : `Undone ${String(undone.length)}: ${undone.join(', ')}. An older version of rollkeeper can start now.`,
  );
}

const help = `
rollkeeper start does this itself unless ROLLKEEPER_MIGRATE_AT_START=false. Running it again changes nothing.
--back-to undoes migrations for an older version, all or none of them: while no daemon runs, and not beyond one of which there is
no way back. What is lost stands in the files of migrations/, after "Undo:", and in docs/operations.md. Make a backup before.

Examples:
  rollkeeper migrate
  rollkeeper migrate --back-to 0019_api
  rollkeeper migrate --database-url postgres://ops:secret@db:5432/rollkeeper

Exit codes: 0 up to date · 1 failed, nothing half-applied · 2 wrong configuration, or there is no way back`;
