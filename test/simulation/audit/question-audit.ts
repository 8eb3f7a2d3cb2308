/**
 * Questions before trades: no order of a rule that asks is worked that nobody has allowed, by an answer or by the time; each
 * question ends once, and one answer counts. It keeps its own account of what was asked and how that ended.
 */
import { hasBegun } from '../../../src/domain/roll/roll.ts';
import type { QuestionEnding } from '../../../src/domain/roll/question.ts';
import type { NewTask, StoredTask, TurnRecord } from '../../../src/ports/journal.ts';
import { clocksApartMs, contextOf, isWorking } from './stored-turn.ts';

interface Asked {
  readonly untilMs: number;
  how: QuestionEnding | null;
  /** Of the first turn after that time: a daemon that restores a task late ends its question at once, but a price may come before. */
  lateMs?: number;
}

const waits = (state: string): boolean => state === 'IDLE.awaitingApproval';
const allows: readonly QuestionEnding[] = ['approved', 'rollsUnanswered'];

export class QuestionAudit {
  /** By task, then by the id of the question. */
  readonly #tasks = new Map<string, Map<string, Asked>>();
  readonly #violate: (text: string) => void;
  /** So many were asked. */
  count = 0;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  created({ taskId }: Pick<NewTask, 'taskId'>): void {
    this.#tasks.set(taskId, new Map());
  }

  committed(record: TurnRecord): void {
    const { taskId, state, alerts, answers, snapshotJson, atMs } = record;
    const asked = this.#tasks.get(taskId);
    if (!asked) return;
    for (const { code, figures } of alerts) {
      if (code === 'approvalWanted') this.#begin(taskId, figures as never);
      if (code === 'approvalOver') this.#end(record, figures as never);
    }
    const standing = [...asked].filter(([, { how }]) => how === null);
    if (standing.length !== (waits(state) ? 1 : 0))
      this.#violate(`task ${taskId} is ${state}, and ${standing.length} questions stand`);
    const { roll, question } = contextOf(snapshotJson);
    if (waits(state) && (roll !== null || !question || question.over))
      this.#violate(`task ${taskId} waits for an answer with a roll, or without a question`);
    const [[, asking] = []] = standing;
    if (waits(state) && asking && atMs > asking.untilMs + clocksApartMs) asking.lateMs ??= atMs;
    if (waits(state) && question && atMs > (asking?.lateMs ?? Infinity) + clocksApartMs)
      this.#violate(`task ${taskId} goes on waiting ${atMs - question.untilMs} ms after its time`);
    if (answers.length > 1) this.#violate(`task ${taskId} answers ${answers.length} commands in one turn`);
    if (isWorking(state)) this.#checkAllowed(record, asked);
  }

  /** To be called in a calm world: what was asked long ago is over. */
  checkCalm(tasks: readonly StoredTask[], longAgoMs: number): void {
    for (const { taskId, state, snapshotJson } of tasks) {
      const { question } = contextOf(snapshotJson);
      if (waits(state) && question && question.untilMs < longAgoMs)
        this.#violate(`task ${taskId} still waits for an answer at the end`);
    }
  }

  #begin(taskId: string, { approvalId, untilMs }: { approvalId: string; untilMs: number }): void {
    const asked = this.#tasks.get(taskId);
    if (asked?.has(approvalId)) this.#violate(`task ${taskId} asks ${approvalId} twice`);
    asked?.set(approvalId, { untilMs, how: null });
    this.count += 1;
  }

  #end(
    { taskId, eventJson, atMs }: TurnRecord,
    { approvalId, how }: { approvalId: string; how: QuestionEnding },
  ): void {
    const question = this.#tasks.get(taskId)?.get(approvalId);
    if (!question || question.how !== null) {
      this.#violate(
        `task ${taskId} ends ${approvalId} as ${how}, and ${question?.how ?? 'it was never asked'}`,
      );
      return;
    }
    question.how = how;
    const { type } = JSON.parse(eventJson) as { readonly type: string };
    if ((how === 'approved') !== (type === 'APPROVE') || (how === 'declined') !== (type === 'DECLINE'))
      this.#violate(`task ${taskId} ends ${approvalId} as ${how} upon ${type}`);
    const isOfTime = how === 'rollsUnanswered' || how === 'skippedUnanswered';
    if (isOfTime && atMs + clocksApartMs < question.untilMs)
      this.#violate(`task ${taskId} ends ${approvalId} ${question.untilMs - atMs} ms before its time`);
  }

  #checkAllowed({ taskId, snapshotJson }: TurnRecord, asked: ReadonlyMap<string, Asked>): void {
    const { roll, spec } = contextOf(snapshotJson);
    if (roll === null || roll.asked !== null || roll.rule === null || hasBegun(roll)) return;
    if (spec.rules[roll.rule]?.approval === undefined) return;
    const how = asked.get(roll.approved?.approvalId ?? '')?.how ?? null;
    if (how === null || !allows.includes(how))
      this.#violate(
        `task ${taskId} trades by ${roll.rollId}, which nobody has allowed (${how ?? 'not asked'})`,
      );
  }
}
