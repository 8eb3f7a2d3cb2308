/** What `upgrade --check` found, as a person reads it: what is so, what to do about it, and the steps in the end. */
import type { DoctorText } from './doctor-text.ts';
import type { UpgradeFigures, UpgradeReason, UpgradeVerdict } from '../doctor/upgrade-finding.ts';
import type { Sentences } from '../reason.ts';

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

const found: Sentences<UpgradeFigures> = {
  schemaCurrent: ({ latest }) => `that of this program, up to ${latest}: no migration is pending`,
  schemaEmpty: () => 'the database is empty',
  schemaBehind: ({ latest, pending }) =>
    `up to ${latest}: ${counted(pending, 'migration is', 'migrations are')} pending`,
  schemaNewer: ({ names }) => `it is newer than this program, which does not know ${names.join(', ')}`,
  schemaTooOld: ({ latest }) =>
    `up to ${latest}: too old to look at tasks and journals before it is migrated`,
  migrationPending: ({ undo, noWayBack, older }) =>
    `${undo === null ? `cannot be undone: ${noWayBack ?? ''}` : `can be undone: ${undo}`} Daemons of older versions ${older.text}`,

  noTask: () => 'no task is active',
  machineKnown: ({ tasks }) => `moves ${counted(tasks, 'active task')}, and this program has it`,
  machineUnknown: ({ tasks }) => `moves ${counted(tasks, 'active task')}, and this program does not have it`,

  journalsAgree: ({ tasks, rows }) =>
    `${counted(rows, 'row')} of ${counted(tasks, 'active task')} ${rows === 1 ? 'replays' : 'replay'} byte for byte`,
  journalDiffers: ({ said }) => `this program would have decided differently: ${said}`,
  journalsLeft: ({ tasks, rowsMax }) =>
    `${counted(tasks, 'active task was', 'active tasks were')} left out after ${rowsMax} rows`,

  daemonRuns: ({ version, accounts }) => `runs: version ${version}, ${counted(accounts, 'account')}`,
  daemonSilent: ({ accounts }) =>
    `holds ${counted(accounts, 'account')} and does not say which version it is`,
  noDaemon: () => 'none is running',

  rollsUnderWay: ({ tasks }) => `${counted(tasks, 'roll is', 'rolls are')} under way`,
  noRoll: () => 'none is under way',
};

const nothing = (): string => '';

const fixes: Sentences<UpgradeFigures> = {
  schemaCurrent: nothing,
  schemaEmpty: () => 'rollkeeper start makes it',
  schemaBehind: nothing,
  schemaNewer: () => 'use the version that applied them, or a newer one',
  schemaTooOld: () => 'rollkeeper backup, or pg_dump; then rollkeeper migrate, and rollkeeper replay --all',
  migrationPending: ({ undo, older }) =>
    [
      ...(undo === null ? ['make a backup: only a backup leads back'] : []),
      ...(older.kind === 'stop' ? ['stop every running daemon before'] : []),
    ].join('; '),
  noTask: nothing,
  machineKnown: nothing,
  machineUnknown: ({ known }) =>
    `use a program that has it (this one has ${known.join(', ')}), until these tasks have moved on or are over`,
  journalsAgree: nothing,
  journalDiffers: () => 'do not upgrade to this version, and report it; rollkeeper replay shows the row',
  journalsLeft: () => 'raise --rows-max, or replay all of them after the upgrade: rollkeeper replay --all',
  daemonRuns: nothing,
  daemonSilent: () => 'look at its log: it hangs, or its program is older than the first that says so',
  noDaemon: nothing,
  rollsUnderWay: () =>
    'nothing: the daemon that stops lets them end, or the next one continues them from the last committed step',
  noRoll: nothing,
};

const say = (sentences: Sentences<UpgradeFigures>, { code, figures }: UpgradeReason): string =>
  (sentences[code] as (figures: unknown) => string)(figures);

export const upgradeText = (reason: UpgradeReason): DoctorText => ({
  found: say(found, reason),
  fix: say(fixes, reason),
});

/** The verdict and the steps that are left, a sentence each. */
export function verdictText({
  isReady,
  pending,
  stopFirst,
  limited,
  noWayBack,
  daemons,
}: UpgradeVerdict): readonly string[] {
  if (!isReady) return ['Not ready: see what is WRONG above. Nothing was changed.'];
  const running = daemons === 0 ? '' : ` (${daemons} ${daemons === 1 ? 'is' : 'are'} running)`;
  const backup =
    noWayBack.length > 0 ? [`Make a backup: of ${noWayBack.join(', ')} there is no way back.`] : [];
  if (pending === 0) return ['Ready. Start a daemon of this version, then stop the older ones with SIGTERM.'];
  if (stopFirst.length > 0)
    return [
      'Ready, with a pause:',
      ...backup,
      `Stop every daemon${running} with SIGTERM: ${stopFirst.join(', ')} must not be applied under them.`,
      'Then rollkeeper upgrade, and start the daemons of this version.',
    ];
  return [
    'Ready, without a pause:',
    ...backup,
    `rollkeeper upgrade applies ${counted(pending, 'migration')} while the older daemons go on${running}.`,
    ...(limited.length > 0
      ? [`Until they have stopped, mind what is said above of ${limited.join(', ')}.`]
      : []),
    'Start a daemon of this version beside them, then stop them with SIGTERM.',
  ];
}
