/** The ports that use cases work with; each use case names those that it needs. */
import type { SymbolRules } from '../domain/market/exchange-rules.ts';
import type { LimitsKeeping } from '../ports/account-limits.ts';
import type { AdviceAsking } from '../ports/advice.ts';
import type { CommandSending } from '../ports/command-sending.ts';
import type { Directory } from '../ports/directory.ts';
import type { HaltKeeping } from '../ports/halts.ts';
import type { JournalKeeping } from '../ports/journal-keeping.ts';
import type { KeyKeeping } from '../ports/key-keeping.ts';
import type { TaskReading } from '../ports/task-reading.ts';

export interface Ports {
  readonly tasks: TaskReading;
  readonly directory: Directory;
  readonly commands: CommandSending;
  readonly advice: AdviceAsking;
  readonly archive: JournalKeeping;
  readonly keys: KeyKeeping;
  readonly halts: HaltKeeping;
  readonly limits: LimitsKeeping;
  /** How the exchange names options, which a spec is read with. */
  readonly rules: SymbolRules;
}
