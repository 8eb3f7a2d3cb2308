/** The daemons that live and what each says of itself; accounts that none of them manages. */
import { found, type Finding } from '../../domain/doctor/finding.ts';
import type { Account, ExchangeEnvironment } from '../../ports/directory.ts';
import { askDaemons, type LivingDaemon } from '../ask-daemons.ts';
import { needs, type Check } from './check.ts';

const daemonsLimitMs = 20_000;
/** One that works answers within a tenth of a second. */
const wordWaitMs = 3_000;

export const daemonCheck = (environment: ExchangeEnvironment): Check => ({
  name: 'daemon',
  limitMs: daemonsLimitMs,
  run: async ({ stored }) => {
    const ports = await stored();
    if (ports === null) return [needs('database')];
    const daemons = await askDaemons(ports, wordWaitMs);
    const tasks = await ports.system.activeTasks();
    if (daemons.length === 0)
      return [found(tasks > 0 ? 'wrong' : 'warning', { code: 'noDaemon', figures: { tasks } })];
    const accounts = (await ports.directory.accounts({}, { userId: null })).filter(
      (account) => account.environment === environment,
    );
    return [...daemons.flatMap(judgeDaemon), ...judgeVersions(daemons), ...accounts.flatMap(judgeManaged)];
  },
});

export function judgeDaemon({ name, accounts, shards, word }: LivingDaemon): Finding[] {
  if (word === null) return [found('warning', { code: 'daemonSilent', figures: { accounts } }, name)];
  const { version, problems } = word;
  if (problems.length > 0) return [found('wrong', { code: 'daemonUnfit', figures: { problems } }, name)];
  return [found('ok', { code: 'daemonRuns', figures: { version, accounts, shards } }, name)];
}

function judgeVersions(daemons: readonly LivingDaemon[]): Finding[] {
  const versions = [...new Set(daemons.flatMap(({ word }) => (word === null ? [] : [word.version])))].sort();
  return versions.length > 1 ? [found('warning', { code: 'versionsDiffer', figures: { versions } })] : [];
}

/** An account without tasks needs no daemon. */
function judgeManaged({ userName, name, daemon, problem, tasksTotal: tasks }: Account): Finding[] {
  if (daemon !== null || (problem === null && tasks === 0)) return [];
  const account = `${userName}/${name}`;
  const state = tasks > 0 ? 'wrong' : 'warning';
  return [found(state, { code: 'accountUnmanaged', figures: { account, problem, tasks } })];
}
