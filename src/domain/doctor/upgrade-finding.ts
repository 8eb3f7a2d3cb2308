/** What `upgrade --check` finds, as data; sentences are in explain/upgrade-text.ts. States are those of `doctor`. */
import type { ReasonOf } from '../reason.ts';
import type { CheckState } from './finding.ts';
import type { MigrationNote } from './migration-note.ts';

export const upgradeCheckNames = ['schema', 'migration', 'machine', 'journal', 'daemon', 'rolls'] as const;
export type UpgradeCheckName = (typeof upgradeCheckNames)[number];

export interface UpgradeFigures {
  readonly schemaCurrent: { readonly latest: string };
  readonly schemaEmpty: object;
  /** @property latest of the database */
  readonly schemaBehind: { readonly latest: string; readonly pending: number };
  readonly schemaNewer: { readonly names: readonly string[] };
  /** Too old to be looked into before it is migrated. */
  readonly schemaTooOld: { readonly latest: string };
  readonly migrationPending: Pick<MigrationNote, 'undo' | 'noWayBack' | 'older'>;

  readonly noTask: object;
  readonly machineKnown: { readonly tasks: number };
  readonly machineUnknown: { readonly tasks: number; readonly known: readonly string[] };

  readonly journalsAgree: { readonly tasks: number; readonly rows: number };
  readonly journalDiffers: { readonly said: string };
  /** @property tasks whose journals were left out */
  readonly journalsLeft: { readonly tasks: number; readonly rowsMax: number };

  readonly daemonRuns: { readonly version: string; readonly accounts: number };
  readonly daemonSilent: { readonly accounts: number };
  readonly noDaemon: object;

  readonly rollsUnderWay: { readonly tasks: number };
  readonly noRoll: object;
}

export type UpgradeReason = ReasonOf<UpgradeFigures>;

export type UpgradeFinding = UpgradeReason & {
  readonly state: CheckState;
  /** Of which migration, machine version, task, daemon; `null` where there is one such thing alone. */
  readonly subject: string | null;
};

export interface UpgradeLine {
  readonly check: UpgradeCheckName;
  readonly finding: UpgradeFinding;
}

export interface UpgradeVerdict {
  readonly isReady: boolean;
  readonly pending: number;
  /** Migrations that older daemons must not live to see. */
  readonly stopFirst: readonly string[];
  /** Pending migrations under which they go on, but not with everything. */
  readonly limited: readonly string[];
  /** Pending migrations that cannot be undone. */
  readonly noWayBack: readonly string[];
  readonly daemons: number;
}

/** What the lines come to. */
export function upgradeVerdict(lines: readonly UpgradeLine[]): UpgradeVerdict {
  const pending = lines.flatMap(({ finding }) =>
    finding.code === 'migrationPending' ? [{ name: finding.subject ?? '', ...finding.figures }] : [],
  );
  return {
    isReady: lines.every(({ finding }) => finding.state !== 'wrong'),
    pending: pending.length,
    stopFirst: pending.filter(({ older }) => older.kind === 'stop').map(({ name }) => name),
    limited: pending.filter(({ older }) => older.kind === 'limited').map(({ name }) => name),
    noWayBack: pending.filter(({ undo }) => undo === null).map(({ name }) => name),
    daemons: lines.filter(({ finding }) => ['daemonRuns', 'daemonSilent'].includes(finding.code)).length,
  };
}
