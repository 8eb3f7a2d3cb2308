/** The ports that use cases work with; each use case names those that it needs. */
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import type { LimitsKeeping } from '../ports/account-limits.ts';
import type { AccountBook } from '../ports/accounts.ts';
import type { AdviceAsking } from '../ports/advice.ts';
import type { AuditReading } from '../ports/audit.ts';
import type { Backtests } from '../ports/backtests.ts';
import type { ChannelBook } from '../ports/channel-book.ts';
import type { ChannelTrial } from '../ports/channel-trial.ts';
import type { CommandSending } from '../ports/command-sending.ts';
import type { Directory } from '../ports/directory.ts';
import type { HaltKeeping } from '../ports/halts.ts';
import type { JournalKeeping } from '../ports/journal-keeping.ts';
import type { JournalReplaying } from '../ports/journal-replaying.ts';
import type { KeyCheck } from '../ports/key-check.ts';
import type { LiveRelay } from '../ports/live.ts';
import type { MachineCharts } from '../ports/machine-charts.ts';
import type { Administrators, People } from '../ports/people.ts';
import type { KeptAnswers } from '../ports/kept-answers.ts';
import type { KeyKeeping } from '../ports/key-keeping.ts';
import type { Outbox } from '../ports/outbox.ts';
import type { SealedFiles } from '../ports/sealed-files.ts';
import type { SealKeeping } from '../ports/seals.ts';
import type { Sessions } from '../ports/sessions.ts';
import type { SystemReading } from '../ports/system.ts';
import type { TaskReading } from '../ports/task-reading.ts';
import type { Tokens } from '../ports/tokens.ts';
import type { Vouchers } from '../ports/vouchers.ts';

export interface Ports {
  readonly tasks: TaskReading;
  readonly directory: Directory;
  readonly commands: CommandSending;
  readonly advice: AdviceAsking;
  readonly archive: JournalKeeping;
  readonly seals: SealKeeping;
  readonly people: People;
  readonly vouchers: Vouchers;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly keptAnswers: KeptAnswers;
  readonly audit: AuditReading;
  /** As the configuration has them. */
  readonly administrators: Administrators;
  readonly keys: KeyKeeping;
  /** What is stored of keys besides their secrets. */
  readonly accounts: Pick<AccountBook, 'keyStanding' | 'noteKeyStanding'>;
  readonly keyCheck: KeyCheck;
  readonly channels: ChannelBook;
  readonly outbox: Outbox;
  readonly trial: ChannelTrial;
  readonly halts: HaltKeeping;
  readonly limits: LimitsKeeping;
  readonly system: SystemReading;
  /** What daemons say as it happens. */
  readonly relay: LiveRelay;
  /** How the exchange names options, which a spec is read with. */
  readonly rules: SymbolRules;
}

/** With those that only a running daemon gives. */
export interface DaemonPorts extends Ports {
  readonly charts: MachineCharts;
  readonly backtests: Backtests;
}

/** With those that only the command line gives: it runs on the machine that has the files. */
export interface ShellPorts extends Ports {
  readonly sealedFiles: SealedFiles;
  readonly replaying: JournalReplaying;
}
