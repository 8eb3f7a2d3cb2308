/**
 * How the daemons stand. Who administrates sees all of it; for others there is what concerns them: whether the daemon that
 * answers does its work, and since when prices are silent.
 */
import type {
  DaemonStanding,
  JournalStanding,
  ListedDaemon,
  StreamStanding,
  SystemReading,
  WatcherCounts,
} from '../ports/system.ts';
import { assertRight, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface SystemView {
  /** The one that answers. */
  readonly daemon: string;
  readonly version: string;
  readonly environment: string;
  readonly startedAtMs: number;
  /** Why it does not do its work, the worst first; none while it does. As `GET /readyz`. */
  readonly problems: readonly string[];
  readonly streams: readonly StreamStanding[];
  readonly journal: JournalStanding;
  /** Of all users together; `null` for those who do not administrate. */
  readonly installation: Installation | null;
}

export interface Installation {
  readonly daemons: readonly ListedDaemon[];
  /** Into how many slices the accounts fall. */
  readonly shardsTotal: number;
  /** Tasks that are not over, and how many of them the answering daemon manages. */
  readonly tasks: { readonly active: number; readonly here: number };
  readonly live: WatcherCounts;
}

/** @param standing of the daemon that answers @throws NotAllowed to nobody */
export async function showSystem(
  caller: Caller,
  { system }: Pick<Ports, 'system'>,
  standing: DaemonStanding,
): Promise<SystemView> {
  assertRight(caller, 'read');
  const { daemon, version, environment, startedAtMs, problems, streams, journal } = standing;
  const seesAll = caller.kind === 'operator' || (caller.kind === 'user' && caller.isAdministrator);
  const installation = seesAll ? await installationOf(system, standing) : null;
  return { daemon, version, environment, startedAtMs, problems, streams, journal, installation };
}

async function installationOf(
  system: SystemReading,
  { tasksHere, live }: DaemonStanding,
): Promise<Installation> {
  const [daemons, active] = await Promise.all([system.daemons(), system.activeTasks()]);
  return { daemons, shardsTotal: system.shardsTotal, tasks: { active, here: tasksHere }, live };
}
