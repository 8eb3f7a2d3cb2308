/**
 * Audits the journal as it grows, task by task: versions without gaps, nothing sent that was not decided durably first,
 * alerts where a person is needed, and every finished roll whole and within its guards.
 */
import { compare } from '../../../src/domain/money.ts';
import { rightWay } from '../../../src/domain/market/option.ts';
import { parseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import { taskOfLinkId, type RollSummary } from '../../../src/domain/roll/roll.ts';
import { ruleOf } from '../../support/options.ts';
import type { StoredTask, TurnRecord } from '../../../src/ports/journal.ts';

/** A naked interval of this length must have brought a warning. */
const quietNakedMaxMs = 90_000;
/** Longest way of an order from its decision to the wire, and some for clocks that disagree. */
const fencedSendMaxMs = 4_000;
/** How far the clocks of two daemons, or one before and after a step, may be apart. */
const clocksApartMs = 1_800;
/** An order can no longer leave so many turns after its decision. */
const decisionsMax = 100;

interface Watched {
  version: number;
  state: string;
  readonly spec: RollContext['spec'];
  nakedSinceMs: number | null;
  /** A warning or worse since leg 1 was closed. */
  isWarned: boolean;
  lastRollId: string;
  lastEndMs: number;
  rolls: number;
  readonly owners: { readonly owner: string; readonly fromMs: number }[];
  /** The newest snapshots in which an order was being worked, oldest first. */
  readonly decisions: string[];
}

export interface AuditParts {
  readonly violate: (text: string) => void;
  /** True time. */
  readonly nowMs: () => number;
  readonly executedQty: (leg: string) => string;
}

export class TaskAudit {
  readonly #parts: AuditParts;
  readonly #tasks = new Map<string, Watched>();

  constructor(parts: AuditParts) {
    this.#parts = parts;
  }

  get rolls(): number {
    return [...this.#tasks.values()].reduce((total, { rolls }) => total + rolls, 0);
  }

  created({ taskId, state, snapshotJson }: { taskId: string; state: string; snapshotJson: string }): void {
    const { spec } = contextOf(snapshotJson);
    this.#tasks.set(taskId, {
      version: 1,
      state,
      spec,
      nakedSinceMs: null,
      isWarned: false,
      lastRollId: '',
      lastEndMs: -Infinity,
      rolls: 0,
      owners: [],
      decisions: [],
    });
  }

  adopted({ taskId, version }: StoredTask, owner: string): void {
    const task = this.#tasks.get(taskId);
    if (!task) return;
    this.#noteVersion(task, taskId, version);
    task.owners.push({ owner, fromMs: this.#parts.nowMs() });
  }

  committed(record: TurnRecord, owner: string): void {
    const { taskId, state, expectedVersion } = record;
    const task = this.#tasks.get(taskId);
    if (!task) {
      this.#parts.violate(`a turn of ${taskId} by ${owner} is stored, and there is no such task`);
      return;
    }
    this.#noteVersion(task, taskId, expectedVersion + 1);
    if (/^(ROLL_INITIATED\.closingLeg1|LEG2_OPENING\.opening)/.test(state)) {
      task.decisions.push(record.snapshotJson);
      if (task.decisions.length > decisionsMax) task.decisions.shift();
    }
    this.#noteAlerts(task, record);
    if (state.startsWith('ROLL_INITIATED') && task.state.startsWith('IDLE'))
      this.#checkCooldown(task, record);
    const isRolling = (name: string) => /^(ROLL_INITIATED|LEG1_CLOSED|LEG2_OPENING)/.test(name);
    if (isRolling(task.state) && !isRolling(state)) this.#checkEnd(task, record);
    // After a retry by a person the cooldown does not count.
    if (task.state.startsWith('FAILED')) task.lastEndMs = -Infinity;
    task.state = state;
  }

  /** An order leaves a daemon, or is about to. */
  submitted(owner: string, linkId: string): void {
    const { owners = [], decisions = [] } = this.#tasks.get(taskOfLinkId(linkId) ?? '') ?? {};
    if (decisions.findLast((snapshot) => snapshot.includes(`"linkId":"${linkId}"`)) === undefined)
      this.#parts.violate(`${owner} sends ${linkId}, and no stored turn has decided it`);
    const newest = owners.at(-1);
    if (!newest || newest.owner === owner) return;
    const fencedForMs = this.#parts.nowMs() - newest.fromMs;
    if (owners.some((one) => one.owner === owner) && fencedForMs > fencedSendMaxMs)
      this.#parts.violate(
        `${owner} sends ${linkId}, ${fencedForMs} ms after ${newest.owner} took the task over`,
      );
  }

  /** No naked interval may last long without a warning. */
  checkAlerted(): void {
    for (const [taskId, task] of this.#tasks) this.#checkNaked(task, taskId);
  }

  #noteVersion(task: Watched, taskId: string, version: number): void {
    if (version !== task.version + 1)
      this.#parts.violate(`task ${taskId} jumps from version ${task.version} to ${version}`);
    task.version = version;
  }

  #noteAlerts(task: Watched, { taskId, state, alerts }: TurnRecord): void {
    const isNaked = /^(LEG1_CLOSED|LEG2_OPENING)/.test(state);
    if (!isNaked) {
      this.#checkNaked(task, taskId);
      task.nakedSinceMs = null;
      task.isWarned = false;
    } else task.nakedSinceMs ??= this.#parts.nowMs();
    if (alerts.some(({ severity }) => severity !== 'info')) task.isWarned = true;
    if (state.startsWith('FAILED') && !task.state.startsWith('FAILED') && !hasCritical(alerts))
      this.#parts.violate(`task ${taskId} is FAILED and no critical alert was written`);
  }

  #checkNaked({ nakedSinceMs, isWarned, state }: Watched, taskId: string): void {
    if (nakedSinceMs === null || isWarned) return;
    const forMs = this.#parts.nowMs() - nakedSinceMs;
    if (forMs > quietNakedMaxMs)
      this.#parts.violate(`task ${taskId} was ${state} for ${forMs} ms without a warning`);
  }

  #checkCooldown(task: Watched, { taskId, atMs }: TurnRecord): void {
    const restMs = atMs - task.lastEndMs;
    const { guards } = ruleOf(task.spec);
    if (restMs + clocksApartMs < guards.cooldownMs)
      this.#parts.violate(`task ${taskId} rolls again after ${restMs} ms, cooldown ${guards.cooldownMs}`);
    const { rollsMax } = task.spec;
    if (rollsMax !== null && task.rolls >= rollsMax)
      this.#parts.violate(`task ${taskId} begins roll ${task.rolls + 1} of at most ${rollsMax}`);
  }

  #checkEnd(task: Watched, { taskId, snapshotJson, atMs }: TurnRecord): void {
    const { lastRoll, unconfirmed } = contextOf(snapshotJson);
    // What was not confirmed was no roll: it has a back-off of its own instead of the cooldown.
    if (unconfirmed === 0) task.lastEndMs = atMs;
    if (!lastRoll || lastRoll.rollId === task.lastRollId) return;
    task.lastRollId = lastRoll.rollId;
    if (!lastRoll.compensated && !lastRoll.isFlat) task.rolls += 1;
    if (!lastRoll.isFlat) this.#checkWhole(taskId, lastRoll);
    if (!lastRoll.compensated && !ruleOf(task.spec).guards.allowWrongWay) this.#checkWay(taskId, lastRoll);
  }

  #checkWhole(taskId: string, { rollId, closed, opened, qty }: RollSummary): void {
    const version = rollId.slice(taskId.length);
    const reached = {
      closed: this.#parts.executedQty(`close-${taskId}${version}`),
      opened: this.#parts.executedQty(`open-${taskId}${version}`),
    };
    const says = [closed.executedQty, opened.executedQty, qty];
    const isWhole = [...says, reached.closed, reached.opened].every((other) => compare(other, qty) === 0);
    if (!isWhole)
      this.#parts.violate(
        `roll ${rollId} ended with ${says.join(' / ')} (closed / opened / moved), the exchange has ${reached.closed} / ${reached.opened}`,
      );
  }

  #checkWay(taskId: string, { fromSymbol, toSymbol }: RollSummary): void {
    if (toSymbol === null) return;
    const from = parseOptionSymbol(fromSymbol);
    const moved = compare(parseOptionSymbol(toSymbol).strike, from.strike) * rightWay(from.optionType);
    if (moved <= 0)
      this.#parts.violate(`task ${taskId} rolled the wrong way, from ${fromSymbol} to ${toSymbol}`);
  }
}

export const contextOf = (snapshotJson: string): RollContext =>
  (JSON.parse(snapshotJson) as { context: RollContext }).context;

const hasCritical = (alerts: TurnRecord['alerts']): boolean =>
  alerts.some(({ severity }) => severity === 'critical');
