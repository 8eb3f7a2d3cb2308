/** `rollkeeper migrate`: brings the database to the newest schema and prints the migrations that were applied. */
import { Command } from 'commander';
import { withDatabase } from './database.ts';
import { openSession, type CommonOptions } from './session.ts';

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('Bring the database to the newest schema')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
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

const help = `
rollkeeper start does this itself unless ROLLKEEPER_MIGRATE_AT_START=false. Running it again changes nothing.

Examples:
  rollkeeper migrate
  rollkeeper migrate --database-url postgres://ops:secret@db:5432/rollkeeper

Exit codes: 0 up to date · 1 failed, nothing half-applied · 2 wrong configuration`;
