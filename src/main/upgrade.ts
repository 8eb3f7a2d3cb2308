/** Opens what `upgrade` looks at, on a database that may have an older schema than this program: nothing is migrated and nothing locked. */
import { rollVersions } from '../../machines/roll.versions.ts';
import type { Config } from '../config.ts';
import type { JournalReplaying } from '../ports/journal-replaying.ts';
import type { LiveRelay } from '../ports/live.ts';
import type { SystemReading } from '../ports/system.ts';
import type { UpgradeReading } from '../ports/upgrade.ts';
import { Listening } from '../store/commands/listening.ts';
import { PostgresLiveRelay } from '../store/live/postgres-live-relay.ts';
import { openPool } from '../store/pool.ts';
import { SystemQueries } from '../store/read/system.ts';
import { UpgradeQueries } from '../store/read/upgrade-queries.ts';
import type { Logger } from '../telemetry/logger.ts';

export interface OpenedUpgrade {
  readonly upgrade: UpgradeReading;
  readonly system: SystemReading;
  readonly relay: LiveRelay;
  readonly machines: readonly string[];
  close(): Promise<void>;
}

/** The replay is given by the command, because only commands have one. */
export type WithReplay = OpenedUpgrade & { readonly replaying: JournalReplaying };

export function openUpgrade(
  { mode: environment }: Pick<Config, 'mode'>,
  databaseUrl: string,
  log: Logger,
): OpenedUpgrade {
  const pool = openPool({ databaseUrl, name: 'rollkeeper upgrade', log });
  const listening = new Listening({ databaseUrl, log });
  return {
    upgrade: new UpgradeQueries(pool),
    system: new SystemQueries({ pool, environment, owner: '' }),
    relay: new PostgresLiveRelay({ pool, listening, environment }),
    machines: rollVersions.map(({ version }) => version ?? ''),
    close: async () => {
      await listening.close();
      await pool.end();
    },
  };
}
