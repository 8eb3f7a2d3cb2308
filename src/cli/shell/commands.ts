/**
 * The commands in the order of the help, and the file of each one. A command line that names one loads only that one; help,
 * suggestions and completion load them all.
 */
import { Command } from 'commander';

/** Called by `start` when it handles stop signals itself. */
type TakeSignals = () => void;
type Load = (takeSignals: TakeSignals) => Promise<Command>;

interface Group {
  readonly description: string;
  readonly commands: Readonly<Record<string, Load>>;
  /** The command that is meant when the next word names none. */
  readonly usual?: string;
}

const user: Group = {
  description: 'The people who own accounts',
  commands: {
    add: async () => (await import('../account/user-add.ts')).userAddCommand(),
    list: async () => (await import('../account/user-list.ts')).userListCommand(),
    show: async () => (await import('../people/user-show.ts')).userShowCommand(),
    access: async () => (await import('../people/user-access.ts')).userAccessCommand(),
    ban: async () => (await import('../people/user-ban.ts')).userBanCommand(),
    unban: async () => (await import('../people/user-ban.ts')).userUnbanCommand(),
    unlink: async () => (await import('../people/user-unlink.ts')).userUnlinkCommand(),
    zone: async () => (await import('../account/user-zone.ts')).userZoneCommand(),
  },
};

const voucher: Group = {
  description: 'Codes that let people in for some days',
  commands: {
    gen: async () => (await import('../people/voucher-gen.ts')).voucherGenCommand(),
    list: async () => (await import('../people/voucher-list.ts')).voucherListCommand(),
    revoke: async () => (await import('../people/voucher-revoke.ts')).voucherRevokeCommand(),
  },
};

const token: Group = {
  description: 'Access tokens, by which programs are let in as a user',
  commands: {
    add: async () => (await import('../people/token-add.ts')).tokenAddCommand(),
    list: async () => (await import('../people/token-list.ts')).tokenListCommand(),
    revoke: async () => (await import('../people/token-revoke.ts')).tokenRevokeCommand(),
  },
};

const account: Group = {
  description: 'Exchange accounts: one API key each',
  commands: {
    add: async () => (await import('../account/account-add.ts')).accountAddCommand(),
    list: async () => (await import('../account/account-list.ts')).accountListCommand(),
    share: async () => (await import('../people/account-share.ts')).accountShareCommand(),
    unshare: async () => (await import('../people/account-share.ts')).accountUnshareCommand(),
    limits: async () => (await import('../account/account-limits.ts')).accountLimitsCommand(),
    'legal-hold': async () => (await import('../account/account-legal-hold.ts')).accountLegalHoldCommand(),
    check: async () => (await import('../account/account-check.ts')).accountCheckCommand(),
    key: async () => (await import('../account/account-key.ts')).accountKeyCommand(),
  },
};

const task: Group = {
  description: 'Managed positions: what to watch for, and what to roll into',
  commands: {
    add: async () => (await import('../task/task-add.ts')).taskAddCommand(),
    edit: async () => (await import('../task/task-edit.ts')).taskEditCommand(),
    remove: async () => (await import('../task/task-remove.ts')).taskRemoveCommand(),
    check: async () => (await import('../task/task-check.ts')).taskCheckCommand(),
    preview: async () => (await import('../task/task-preview.ts')).taskPreviewCommand(),
    list: async () => (await import('../task/task-list.ts')).taskListCommand(),
    show: async () => (await import('../task/task-show.ts')).taskShowCommand(),
    spec: async () => (await import('../task/task-spec.ts')).taskSpecCommand(),
    why: async () => (await import('../task/task-why.ts')).taskWhyCommand(),
    ledger: async () => (await import('../task/task-ledger.ts')).taskLedgerCommand(),
    pause: async () => (await import('../task/task-pause.ts')).taskPauseCommand(),
    resume: async () => (await import('../task/task-resume.ts')).taskResumeCommand(),
    'roll-now': async () => (await import('../task/task-now.ts')).taskRollNowCommand(),
    'close-now': async () => (await import('../task/task-now.ts')).taskCloseNowCommand(),
    approve: async () => (await import('../task/task-approval.ts')).taskApproveCommand(),
    decline: async () => (await import('../task/task-approval.ts')).taskDeclineCommand(),
    retry: async () => (await import('../task/task-retry.ts')).taskRetryCommand(),
    reopen: async () => (await import('../task/task-reopen.ts')).taskReopenCommand(),
    resolve: async () => (await import('../task/task-resolve.ts')).taskResolveCommand(),
    'accept-flat': async () => (await import('../task/task-accept-flat.ts')).taskAcceptFlatCommand(),
  },
};

const channel: Group = {
  description: 'Where people receive alerts: webhook, ntfy, Slack, Discord, Apprise, e-mail, Telegram',
  commands: {
    add: async () => (await import('../alerts/channel-add.ts')).channelAddCommand(),
    list: async () => (await import('../alerts/channel-list.ts')).channelListCommand(),
    edit: async () => (await import('../alerts/channel-edit.ts')).channelEditCommand(),
    test: async () => (await import('../alerts/channel-test.ts')).channelTestCommand(),
    remove: async () => (await import('../alerts/channel-remove.ts')).channelRemoveCommand(),
  },
};

const alerts: Group = {
  description: 'What was reported, and what became of it: list, retry',
  usual: 'list',
  commands: {
    list: async () => (await import('../alerts/alerts-list.ts')).alertsListCommand(),
    retry: async () => (await import('../alerts/alerts-retry.ts')).alertsRetryCommand(),
  },
};

const preset: Group = {
  description: 'Rules that traders use, ready for a task: list and show them',
  commands: {
    list: async () => (await import('../task/preset-list.ts')).presetListCommand(),
    show: async () => (await import('../task/preset-show.ts')).presetShowCommand(),
  },
};

const journal: Group = {
  description: 'What happened to a task, row by row: show, verify, export, import, archive',
  usual: 'show',
  commands: {
    show: async () => (await import('../journal/journal-show.ts')).journalShowCommand(),
    verify: async () => (await import('../journal/journal-verify.ts')).journalVerifyCommand(),
    export: async () => (await import('../journal/journal-export.ts')).journalExportCommand(),
    import: async () => (await import('../journal/journal-import.ts')).journalImportCommand(),
    archive: async () => (await import('../journal/journal-archive.ts')).journalArchiveCommand(),
  },
};

const encryptionKeys: Group = {
  description: 'Encryption keys of the secrets in the database: list and rotate them',
  commands: {
    list: async () => (await import('../keys/keys-list.ts')).keysListCommand(),
    rotate: async () => (await import('../keys/keys-rotate.ts')).keysRotateCommand(),
  },
};

const commands: Readonly<Record<string, Load | Group>> = {
  demo: async () => (await import('../demo/demo.ts')).demoCommand(),
  start: async (takeSignals) => (await import('./start.ts')).startCommand(takeSignals),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  upgrade: async () => (await import('./upgrade.ts')).upgradeCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  health: async () => (await import('./health.ts')).healthCommand(),
  status: async () => (await import('../watch/status.ts')).statusCommand(),
  tail: async () => (await import('../watch/tail.ts')).tailCommand(),
  logs: async () => (await import('../watch/logs.ts')).logsCommand(),
  backup: async () => (await import('../database/backup.ts')).backupCommand(),
  restore: async () => (await import('../database/restore.ts')).restoreCommand(),
  user,
  voucher,
  token,
  account,
  keys: encryptionKeys,
  link: async () => (await import('../people/link.ts')).linkCommand(),
  halt: async () => (await import('../account/halt.ts')).haltCommand(),
  resume: async () => (await import('../account/halt.ts')).resumeCommand(),
  arm: async () => (await import('../account/arm.ts')).armCommand(),
  disarm: async () => (await import('../account/arm.ts')).disarmCommand(),
  task,
  channel,
  alerts,
  preset,
  journal,
  audit: async () => (await import('../people/audit.ts')).auditCommand(),
  replay: async () => (await import('../journal/replay.ts')).replayCommand(),
  inspect: async () => (await import('../lab/inspect.ts')).inspectCommand(),
  machines: async () => (await import('../lab/machines.ts')).machinesCommand(),
  backtest: async () => (await import('../lab/backtest.ts')).backtestCommand(),
  paper: async () => (await import('../lab/paper.ts')).paperCommand(),
  capacity: async () => (await import('../lab/capacity.ts')).capacityCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(),
};

/** @param words the command line: when it begins with the name of a command, only that one is loaded */
export async function loadCommands(
  words: readonly string[],
  takeSignals: TakeSignals,
): Promise<readonly Command[]> {
  const [name = '', verb = ''] = words;
  return Promise.all(
    named(commands, name === 'completion' ? '' : name).map(([found, entry]) =>
      typeof entry === 'function' ? entry(takeSignals) : groupOf(found, entry, verb),
    ),
  );
}

async function groupOf(
  name: string,
  { description, commands, usual }: Group,
  verb: string,
): Promise<Command> {
  const group = new Command(name).description(description);
  for (const [found, load] of named(commands, verb))
    group.addCommand(await load(() => undefined), { isDefault: found === usual });
  return group;
}

/** The entry of that name, or all of them. */
const named = <Entry>(
  entries: Readonly<Record<string, Entry>>,
  name: string,
): readonly (readonly [string, Entry])[] =>
  Object.entries(entries).filter(([each]) => each === name || !Object.hasOwn(entries, name));
