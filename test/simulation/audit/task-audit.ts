/**
 * Audits the journal as it grows, task by task: versions without gaps, nothing sent that was not decided durably first,
 * alerts where a person is needed, and no roll the wrong way.
 */
import { compare } from '../../../src/domain/money.ts';
import { rightWay } from '../../../src/domain/market/option.ts';
import { parseOptionSymbol } from '../../../src/exchange/bybit/symbols.ts';
import { taskOfLinkId, type RollSummary } from '../../../src/domain/roll/roll.ts';
import type { Rule } from '../../../src/domain/rules/rule.ts';
import type { NewTask, StoredTask, TurnRecord } from '../../../src/ports/journal.ts';
import { optionNamed } from '../../support/options.ts';
import { contextOf, isRolling, isWorking } from './stored-turn.ts';

/** A naked interval of this length must have brought a warning. */
const quietNakedMaxMs = 90_000;
/** Longest way of an order from its decision to the wire, and some for clocks that disagree. */
const fencedSendMaxMs = 4_000;
/** An order can no longer leave so many turns after its decision. */
const decisionsMax = 100;

interface Watched {
  readonly accountId: string;
  version: number;
  state: string;
  nakedSinceMs: number | null;
  /** A warning or worse since leg 1 was closed. */
  isWarned: boolean;
  lastRollId: string;
  rolls: number;
  readonly owners: { readonly owner: string; readonly fromMs: number }[];
  /** The newest snapshots in which an order was being worked, oldest first. */
  readonly decisions: string[];
}

export interface AuditParts {
  readonly violate: (text: string) => void;
  /** True time. */
  readonly nowMs: () => number;
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

  created({ taskId, accountId, state }: Pick<NewTask, 'taskId' | 'accountId' | 'state'>): void {
    this.#tasks.set(taskId, {
      accountId,
      version: 1,
      state,
      nakedSinceMs: null,
      isWarned: false,
      lastRollId: '',
      rolls: 0,
      owners: [],
      decisions: [],
    });
  }

  fenced(accountId: string, owner: string): void {
    const fromMs = this.#parts.nowMs();
    for (const task of this.#tasks.values())
      if (task.accountId === accountId) task.owners.push({ owner, fromMs });
  }

  adopted({ taskId, version }: Pick<StoredTask, 'taskId' | 'version'>): void {
    const task = this.#tasks.get(taskId);
    if (task) this.#noteVersion(task, taskId, version);
  }

  committed(record: TurnRecord, owner: string): void {
    const { taskId, state, expectedVersion } = record;
    const task = this.#tasks.get(taskId);
    if (!task) {
      this.#parts.violate(`a turn of ${taskId} by ${owner} is stored, and there is no such task`);
      return;
    }
    this.#noteVersion(task, taskId, expectedVersion + 1);
    if (isWorking(state)) {
      task.decisions.push(record.snapshotJson);
      if (task.decisions.length > decisionsMax) task.decisions.shift();
    }
    this.#noteAlerts(task, record);
    if (isRolling(task.state) && !isRolling(state)) this.#checkEnd(task, record);
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
    const isNaked = /^(LEG1_CLOSED|LEG2_OPENING|LEG1_CLOSING)/.test(state);
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

  #checkEnd(task: Watched, { taskId, snapshotJson }: TurnRecord): void {
    const { spec, lastRoll } = contextOf(snapshotJson);
    if (!lastRoll || lastRoll.rollId === task.lastRollId) return;
    task.lastRollId = lastRoll.rollId;
    if (!lastRoll.compensated && !lastRoll.isFlat) task.rolls += 1;
    if (!lastRoll.compensated && spec.rules.every(isRightWay)) this.#checkWay(taskId, lastRoll);
  }

  #checkWay(taskId: string, { fromSymbol, toSymbol }: RollSummary): void {
    if (toSymbol === null) return;
    const from = parseOptionSymbol(fromSymbol);
    const moved = compare(parseOptionSymbol(toSymbol).strike, from.strike) * rightWay(from.optionType);
    const { expiryMs: fromMs } = optionNamed(fromSymbol);
    const { expiryMs: toMs } = optionNamed(toSymbol);
    const isForward = moved > 0 || (moved === 0 && toMs > fromMs);
    if (!isForward || toMs < fromMs)
      this.#parts.violate(`task ${taskId} rolled the wrong way, from ${fromSymbol} to ${toSymbol}`);
  }
}

/** What is rolled towards the price on purpose: by its guard, or as the side that is not tested. */
const isRightWay = ({ guards, then }: Rule): boolean =>
  !guards.allowWrongWay && !(then.kind === 'roll' && then.legs === 'untested');

const hasCritical = (alerts: TurnRecord['alerts']): boolean =>
  alerts.some(({ severity }) => severity === 'critical');
