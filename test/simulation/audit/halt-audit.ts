/**
 * Halts of trading: from the moment at which the daemon of an account has noted a halt as in force until it is lifted, no roll
 * begins there and no order of leg 1 comes to be; what was under way ends with nothing missing, or waits so. One order is
 * excepted: one that was decided before and whose outcome is unknown, because its sender may have sent it.
 */
import { compare } from '../../../src/domain/money.ts';
import { firstLegOf } from '../../../src/domain/roll/both-held.ts';
import { workingOrderIn, type TaskSnapshot } from '../../../src/domain/roll/holdings.ts';
import { isNaked, legOfLinkId, taskOfLinkId, type Roll } from '../../../src/domain/roll/roll.ts';
import type { NewTask, StoredTask, TurnRecord } from '../../../src/ports/journal.ts';
import { contextOf, isRolling } from './stored-turn.ts';

interface Watched {
  readonly accountId: string;
  roll: Roll | null;
  isRolling: boolean;
}

interface Sent {
  readonly owner: string;
  /** Its sender has no answer yet, and manages the task still. */
  isAwaited: boolean;
}

export interface HaltAuditParts {
  readonly violate: (text: string) => void;
  /** Whether a daemon runs, so that it can be held to its word. */
  readonly isRunning: (owner: string) => boolean;
  readonly nowMs: () => number;
}

export class HaltAudit {
  readonly #parts: HaltAuditParts;
  readonly #standing = new Set<string>();
  readonly #noted = new Map<string, { readonly owner: string; readonly haltIds: readonly string[] }>();
  /** Since when a halt is confirmed there without a break. */
  readonly #sinceMs = new Map<string, number>();
  readonly #tasks = new Map<string, Watched>();
  readonly #sent = new Map<string, Sent>();
  readonly #created = new Set<string>();
  /** Of rolls that were taken over before their order of leg 1 was known to be sent: what its link id begins with. */
  readonly #unknown = new Set<string>();
  /** So often an account came to be halted, and rolls waited in the middle. */
  confirmed = 0;
  waited = 0;

  constructor(parts: HaltAuditParts) {
    this.#parts = parts;
  }

  halted(haltId: string): void {
    this.#standing.add(haltId);
  }

  lifted(haltId: string): void {
    this.#standing.delete(haltId);
    this.#follow();
  }

  noted(accountId: string, owner: string, haltIds: readonly string[]): void {
    this.#noted.set(accountId, { owner, haltIds });
    this.#follow();
  }

  created({ taskId, accountId }: Pick<NewTask, 'taskId' | 'accountId'>): void {
    this.#tasks.set(taskId, { accountId, roll: null, isRolling: false });
  }

  /** What its last daemon had sent is for the next one of unknown outcome. */
  fenced(accountId: string): void {
    for (const [linkId, sent] of this.#sent)
      if (this.#accountOf(linkId) === accountId) sent.isAwaited = false;
    for (const [taskId, { accountId: of, roll }] of this.#tasks)
      if (of === accountId && roll) this.#unknown.add(`${firstLegOf(roll)}-${taskId}-v${roll.lockedVersion}`);
  }

  sent(owner: string, linkId: string): void {
    if (!this.#isOfFirstLeg(linkId)) return;
    const accountId = this.#accountOf(linkId);
    const isUnknown = this.#unknown.delete(linkId.replace(/-a\d+$/, ''));
    if (this.#isHalted(accountId) && !this.#sent.has(linkId) && !isUnknown)
      this.#parts.violate(`${owner} sends ${linkId} though account ${accountId} is halted`);
    // Sent once more under the same id to learn whether it is there: it comes to be now at the latest.
    const isSentAgain = this.#isHalted(accountId) && this.#sent.has(linkId);
    this.#sent.set(linkId, { owner, isAwaited: !isSentAgain });
  }

  answered(linkId: string): void {
    const sent = this.#sent.get(linkId);
    if (sent) sent.isAwaited = false;
  }

  orderChanged({ linkId }: { readonly linkId: string }): void {
    if (!this.#isOfFirstLeg(linkId) || this.#created.has(linkId)) return;
    this.#created.add(linkId);
    const accountId = this.#accountOf(linkId);
    const sent = this.#sent.get(linkId);
    if (!this.#isHalted(accountId) || !sent?.isAwaited || !this.#parts.isRunning(sent.owner)) return;
    if (this.#noted.get(accountId)?.owner !== sent.owner) return;
    this.#parts.violate(
      `${linkId} comes to be though ${sent.owner}, which waits for its answer, has confirmed the halt of account ${accountId}`,
    );
  }

  committed(record: TurnRecord): void {
    const { taskId, state, snapshotJson } = record;
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const rolls = isRolling(state);
    const isHalted = this.#isHalted(task.accountId);
    if (!rolls && !task.isRolling) return;
    const { roll, lastRoll } = contextOf(snapshotJson);
    // A person may retry one that failed in the middle.
    const isNew = roll === null || roll.rollId !== task.roll?.rollId;
    if (isHalted && rolls && !task.isRolling && isNew)
      this.#parts.violate(`task ${taskId} begins a roll though account ${task.accountId} is halted`);
    if (state === 'ROLL_INITIATED.halted') {
      this.waited += 1;
      if (isNaked(roll))
        this.#parts.violate(`task ${taskId} waits for the end of a halt with something missing`);
    }
    const hasEnded = task.isRolling && !rolls && /^(IDLE|PAUSED)/.test(state);
    if (isHalted && hasEnded && lastRoll?.rollId === task.roll?.rollId && lastRoll && !lastRoll.isFlat) {
      const moves = [lastRoll, ...(lastRoll.others ?? [])];
      const lacks = moves.some(
        ({ toSymbol, closed, opened }, at) =>
          toSymbol !== null && opensAll(task.roll, at) && compare(closed.executedQty, opened.executedQty) > 0,
      );
      if (lacks)
        this.#parts.violate(`task ${taskId} ends ${lastRoll.rollId} in a halt with something missing`);
    }
    Object.assign(task, { roll, isRolling: rolls });
  }

  /** To be called in a calm world: what is halted for so long has no order of leg 1 any more, but for one that is still looked for. */
  checkCalm(tasks: readonly StoredTask[], calmForMs: number): void {
    for (const { taskId, accountId, state, snapshotJson } of tasks) {
      const haltedForMs = this.#parts.nowMs() - (this.#sinceMs.get(accountId) ?? Infinity);
      const isWorked = /^ROLL_INITIATED\.(closingLeg1|openingLeg2)/.test(state);
      if (haltedForMs >= calmForMs && isWorked && !isSearched(snapshotJson))
        this.#parts.violate(`task ${taskId} is ${state}, ${haltedForMs} ms after the halt`);
    }
  }

  /** Of the leg that a halt stops: the one that is traded first. */
  #isOfFirstLeg(linkId: string): boolean {
    const roll = this.#tasks.get(taskOfLinkId(linkId) ?? '')?.roll ?? null;
    return legOfLinkId(linkId) === firstLegOf(roll);
  }

  #accountOf(linkId: string): string {
    return this.#tasks.get(taskOfLinkId(linkId) ?? '')?.accountId ?? '';
  }

  #isHalted(accountId: string): boolean {
    return this.#sinceMs.has(accountId);
  }

  #follow(): void {
    for (const [accountId, { haltIds }] of this.#noted) {
      const isHalted = haltIds.some((id) => this.#standing.has(id));
      if (!isHalted) this.#sinceMs.delete(accountId);
      else if (!this.#sinceMs.has(accountId)) {
        this.confirmed += 1;
        this.#sinceMs.set(accountId, this.#parts.nowMs());
      }
    }
  }
}

/** The outcome of its order is unknown. */
const isSearched = (snapshotJson: string): boolean =>
  (workingOrderIn(JSON.parse(snapshotJson) as TaskSnapshot<unknown>)?.unresolvedSinceMs ?? null) !== null;

/** Of this option at least as much is to be opened as is closed. */
function opensAll(roll: Roll | null, at: number): boolean {
  if (roll === null) return false;
  const move = at === 0 ? roll : roll.others?.[at - 1];
  return move !== undefined && compare(move.openQty, move.qty) >= 0;
}
