/**
 * Whether this program can take over a database that an older one still works on: migrations that are pending, versions of the
 * machine that move tasks, journals replayed, daemons and rolls under way. It only reads.
 */
import type { UpgradeFinding, UpgradeLine, UpgradeReason } from '../domain/doctor/upgrade-finding.ts';
import type { CheckState } from '../domain/doctor/finding.ts';
import type { JournalReplaying } from '../ports/journal-replaying.ts';
import type { LiveRelay } from '../ports/live.ts';
import type { SystemReading } from '../ports/system.ts';
import type { MachineInFlight, PendingMigrations, UpgradeReading } from '../ports/upgrade.ts';
import { askDaemons } from './ask-daemons.ts';
import { assertOperator, type Caller } from './caller.ts';

export interface UpgradePorts {
  readonly upgrade: UpgradeReading;
  readonly replaying: JournalReplaying;
  readonly system: SystemReading;
  readonly relay: LiveRelay;
  /** Versions of the roll machine that this program has. */
  readonly machines: readonly string[];
}

export interface UpgradeWishes {
  /** How many rows are replayed in all, about. */
  readonly rowsMax: number;
  /** Called as rows are replayed, and at first with nothing. */
  readonly onProgress: (rows: number, rowsTotal: number) => void;
}

/** One that works answers within a tenth of a second. */
const wordWaitMs = 3_000;
/** Of each journal. What is older was decided by the same version of the machine, or by one that was checked before. */
const rowsEachMax = 1_000;
/** Journals that differ are named up to here. */
const mismatchesMax = 20;

/** Lines, each as soon as it is known. @throws NotAllowed to all but the operator */
export async function* checkUpgrade(
  caller: Caller,
  ports: UpgradePorts,
  wishes: UpgradeWishes,
): AsyncGenerator<UpgradeLine> {
  assertOperator(caller, 'check an upgrade');
  const migrations = await ports.upgrade.migrations();
  yield* schemaLines(migrations);
  if (!migrations.isReadable) return;
  const inFlight = await ports.upgrade.machinesInFlight();
  yield* machineLines(inFlight, ports.machines);
  yield* journalLines(ports, inFlight, wishes);
  yield* daemonLines(await askDaemons(ports, wordWaitMs));
  const tasks = inFlight.reduce((total, { rolling }) => total + rolling, 0);
  yield {
    check: 'rolls',
    finding:
      tasks === 0
        ? found('ok', { code: 'noRoll', figures: {} })
        : found('ok', { code: 'rollsUnderWay', figures: { tasks } }),
  };
}

const found = (state: CheckState, reason: UpgradeReason, subject: string | null = null): UpgradeFinding => ({
  ...reason,
  state,
  subject,
});

function* schemaLines({ applied, unknown, pending, isReadable }: PendingMigrations): Generator<UpgradeLine> {
  const latest = applied.at(-1);
  const line = (finding: UpgradeFinding): UpgradeLine => ({ check: 'schema', finding });
  if (unknown.length > 0) yield line(found('wrong', { code: 'schemaNewer', figures: { names: unknown } }));
  else if (latest === undefined) yield line(found('ok', { code: 'schemaEmpty', figures: {} }));
  else if (!isReadable) yield line(found('warning', { code: 'schemaTooOld', figures: { latest } }));
  else if (pending.length === 0) yield line(found('ok', { code: 'schemaCurrent', figures: { latest } }));
  else yield line(found('ok', { code: 'schemaBehind', figures: { latest, pending: pending.length } }));
  if (latest === undefined) return;
  for (const { name, undo, noWayBack, older } of pending) {
    const state = undo === null || older.kind !== 'goOn' ? 'warning' : 'ok';
    const figures = { undo, noWayBack, older };
    yield { check: 'migration', finding: found(state, { code: 'migrationPending', figures }, name) };
  }
}

function* machineLines(
  inFlight: readonly MachineInFlight[],
  known: readonly string[],
): Generator<UpgradeLine> {
  if (inFlight.length === 0)
    yield { check: 'machine', finding: found('ok', { code: 'noTask', figures: {} }) };
  for (const { machine, tasks } of inFlight) {
    const finding = known.includes(machine)
      ? found('ok', { code: 'machineKnown', figures: { tasks } }, machine)
      : found('wrong', { code: 'machineUnknown', figures: { tasks, known } }, machine);
    yield { check: 'machine', finding };
  }
}

async function* journalLines(
  { upgrade, replaying, machines }: UpgradePorts,
  inFlight: readonly MachineInFlight[],
  { rowsMax, onProgress }: UpgradeWishes,
): AsyncGenerator<UpgradeLine> {
  const line = (finding: UpgradeFinding): UpgradeLine => ({ check: 'journal', finding });
  const total = inFlight.reduce((sum, { tasks }) => sum + tasks, 0);
  if (total === 0) return;
  const journals = await upgrade.activeJournals(rowsMax);
  const rowsTotal = Math.min(
    rowsMax,
    journals.reduce((sum, each) => sum + Math.min(each.rows, rowsEachMax), 0),
  );
  onProgress(0, rowsTotal);
  let [rows, tasks, mismatches] = [0, 0, 0];
  for (const { taskId } of journals) {
    if (rows >= rowsMax || mismatches >= mismatchesMax) break;
    const part = await upgrade.newestRows(taskId, rowsEachMax);
    rows += part.rows.length;
    tasks += 1;
    onProgress(part.rows.length, rowsTotal);
    // Its version is refused already.
    if (part.rows.some(({ machine }) => !machines.includes(machine))) continue;
    const said = replaying.disagreement(part.start, part.rows);
    if (said === null) continue;
    mismatches += 1;
    yield line(found('wrong', { code: 'journalDiffers', figures: { said } }, taskId));
  }
  if (mismatches === 0) yield line(found('ok', { code: 'journalsAgree', figures: { tasks, rows } }));
  if (tasks < total)
    yield line(found('warning', { code: 'journalsLeft', figures: { tasks: total - tasks, rowsMax } }));
}

function* daemonLines(daemons: Awaited<ReturnType<typeof askDaemons>>): Generator<UpgradeLine> {
  if (daemons.length === 0)
    yield { check: 'daemon', finding: found('ok', { code: 'noDaemon', figures: {} }) };
  for (const { name, accounts, word } of daemons) {
    const finding =
      word === null
        ? found('warning', { code: 'daemonSilent', figures: { accounts } }, name)
        : found('ok', { code: 'daemonRuns', figures: { version: word.version, accounts } }, name);
    yield { check: 'daemon', finding };
  }
}
