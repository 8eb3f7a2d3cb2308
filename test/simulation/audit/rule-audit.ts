/**
 * Who acts, and when: a rule that rests or has rolled as often as it may never does, an alert rule trades nothing and does
 * not repeat itself, and a paused task trades nothing that no person asked for. It keeps its own account of rests and
 * counts; what the task's context says of them is not asked.
 */
import type { Roll } from '../../../src/domain/roll/roll.ts';
import type { RollContext } from '../../../src/domain/roll/roll-context.ts';
import type { RefusedRule } from '../../../src/domain/roll/roll-reasons.ts';
import type { Rule } from '../../../src/domain/rules/rule.ts';
import type { NewTask, TurnRecord } from '../../../src/ports/journal.ts';
import { clocksApartMs, contextOf, isRolling } from './stored-turn.ts';

interface RuleHistory {
  restsUntilMs: number;
  trades: number;
  lastAlertMs: number;
  /** By the cooldown that it had when it alerted; a shorter one counts at once, a longer one from the next alert on. */
  alertsAgainFromMs: number;
}

interface Watched {
  state: string;
  spec: RollContext['spec'];
  /** By the name of the rule. */
  rules: Map<string, RuleHistory>;
  /** The last one that was stored while it was under way. */
  roll: Roll | null;
  lastRollId: string;
  rolls: number;
  /** A person paused it, and has not resumed it since. */
  isPaused: boolean;
  isBrokenOffByHalt: boolean;
}

const declinedRestMs = 3_600_000;

const newRule = (): RuleHistory => ({
  restsUntilMs: -Infinity,
  trades: 0,
  lastAlertMs: -Infinity,
  alertsAgainFromMs: -Infinity,
});

export class RuleAudit {
  readonly #tasks = new Map<string, Watched>();
  readonly #violate: (text: string) => void;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  created({ taskId, state, snapshotJson }: Pick<NewTask, 'taskId' | 'state' | 'snapshotJson'>): void {
    const { spec } = contextOf(snapshotJson);
    const rules = new Map(spec.rules.map(({ name }) => [name, newRule()]));
    this.#tasks.set(taskId, {
      state,
      spec,
      rules,
      roll: null,
      lastRollId: '',
      rolls: 0,
      isBrokenOffByHalt: false,
      isPaused: false,
    });
  }

  committed(record: TurnRecord): void {
    const { taskId, state, snapshotJson, eventJson } = record;
    const task = this.#tasks.get(taskId);
    if (!task) return;
    const context = contextOf(snapshotJson);
    const type = typeOf(eventJson);
    if (type === 'PAUSE' || type === 'RESUME') task.isPaused = type === 'PAUSE';
    if (type === 'EDITED') this.#noteEdit(task, record, context);
    this.#noteAlerts(task, record);
    if (isRolling(state) && !isRolling(task.state) && !task.state.startsWith('FAILED'))
      this.#checkBeginning(task, record, context);
    // After a halt no rule rests: it was not refused.
    if (isRolling(task.state) && typeOf(record.eventJson) === 'HALTED')
      task.isBrokenOffByHalt = context.roll === null || context.roll.isBrokenOff;
    // What was put away for a question has not been tried.
    const isAsked = state === 'IDLE.awaitingApproval';
    if (isRolling(task.state) && !isRolling(state) && !isAsked) this.#noteEnd(task, record, context);
    if (task.state === 'IDLE.awaitingApproval') this.#noteAnswer(task, record, context);
    if (context.roll !== null) task.roll = context.roll;
    task.state = state;
  }

  /** A rule that keeps its name keeps its count, and its rest as far as its new cooldown goes. */
  #noteEdit(task: Watched, { atMs }: TurnRecord, { spec }: RollContext): void {
    const before = task.rules;
    task.spec = spec;
    task.rules = new Map(
      spec.rules.map(({ name, guards }) => {
        const { restsUntilMs, trades, lastAlertMs, alertsAgainFromMs } = before.get(name) ?? newRule();
        const longestMs = atMs + guards.cooldownMs;
        return [
          name,
          {
            restsUntilMs: Math.min(restsUntilMs, longestMs),
            trades,
            lastAlertMs,
            alertsAgainFromMs: Math.min(alertsAgainFromMs, longestMs),
          },
        ];
      }),
    );
  }

  #noteAlerts(task: Watched, { taskId, alerts, atMs }: TurnRecord): void {
    for (const { code, figures } of alerts) {
      if (code !== 'ruleHolds') continue;
      const { rule: name } = figures as { readonly rule: string };
      const rule = task.spec.rules.find((each) => each.name === name);
      const history = task.rules.get(name);
      if (rule?.then.kind !== 'alert' || !history) {
        this.#violate(`task ${taskId} alerts for ${name}, which is no rule that alerts`);
        continue;
      }
      const { cooldownMs } = rule.guards;
      if (atMs + clocksApartMs < history.alertsAgainFromMs)
        this.#violate(
          `task ${taskId}: ${name} alerts again after ${atMs - history.lastAlertMs} ms, cooldown ${cooldownMs}`,
        );
      history.lastAlertMs = atMs;
      history.alertsAgainFromMs = atMs + cooldownMs;
    }
  }

  #checkBeginning(task: Watched, { taskId, atMs, state }: TurnRecord, { roll }: RollContext): void {
    const { rollsMax } = task.spec;
    if (rollsMax !== null && task.rolls >= rollsMax)
      this.#violate(`task ${taskId} begins roll ${task.rolls + 1} of at most ${rollsMax}`);
    if (roll === null) {
      this.#violate(`task ${taskId} is ${state} without a roll`);
      return;
    }
    if (roll.asked !== null) return;
    if (task.isPaused) this.#violate(`task ${taskId} is paused and begins ${roll.rollId}`);
    if (roll.rules.length === 0) this.#violate(`task ${taskId} begins ${roll.rollId} for no rule`);
    for (const place of roll.rules) this.#checkRule(task, { taskId, atMs, place });
  }

  #checkRule(
    { spec, rules }: Watched,
    { taskId, atMs, place }: { readonly taskId: string; readonly atMs: number; readonly place: number },
  ): void {
    const rule = spec.rules[place];
    const history = rule && rules.get(rule.name);
    if (!rule || !history) {
      this.#violate(`task ${taskId} acts by rule ${place}, which it does not have`);
      return;
    }
    const { name, then, guards } = rule;
    if (then.kind === 'alert') this.#violate(`task ${taskId} trades by ${name}, which only alerts`);
    const earlyMs = history.restsUntilMs - atMs;
    if (earlyMs > clocksApartMs)
      this.#violate(`task ${taskId}: ${name} acts ${earlyMs} ms before its rest ends`);
    if (guards.rollsMax !== null && history.trades >= guards.rollsMax)
      this.#violate(
        `task ${taskId}: ${name} acts though it has acted ${history.trades} times of at most ${guards.rollsMax}`,
      );
  }

  /** After a skip the rule that asked rests. */
  #noteAnswer(task: Watched, { atMs }: TurnRecord, { question, spec }: RollContext): void {
    const how = question?.over?.how;
    const rule = spec.rules[question?.rule ?? -1];
    const history = rule && task.rules.get(rule.name);
    if (!history || (how !== 'declined' && how !== 'skippedUnanswered')) return;
    const cooldownMs = cooldownOf(rule);
    history.restsUntilMs = atMs + (how === 'declined' ? Math.max(cooldownMs, declinedRestMs) : cooldownMs);
  }

  #noteEnd(
    task: Watched,
    record: TurnRecord,
    { lastRoll, unconfirmed, reasons, rules: places }: RollContext,
  ): void {
    const { atMs, eventJson } = record;
    const isBrokenOff = typeOf(eventJson) === 'PAUSE' || task.isBrokenOffByHalt;
    task.isBrokenOffByHalt = false;
    const { roll, spec, rules } = task;
    const isTrade = lastRoll !== null && lastRoll.rollId !== task.lastRollId;
    const isBooked = isTrade && !lastRoll.compensated && !lastRoll.isFlat;
    if (isTrade) task.lastRollId = lastRoll.rollId;
    if (isBooked && lastRoll.toSymbol !== null) task.rolls += 1;
    for (const [place, rule] of spec.rules.entries()) {
      const history = rules.get(rule.name);
      if (!history) continue;
      if (isBooked && roll?.rule === place) history.trades += 1;
      // What was not confirmed was no try: it has a back-off of its own instead of the cooldown.
      const rests = isTrade
        ? rule.then.kind !== 'alert'
        : !isBrokenOff &&
          unconfirmed === 0 &&
          places[place]?.restsForLimit !== true &&
          wasTried({ place, name: rule.name }, roll, reasons);
      if (rests) history.restsUntilMs = atMs + cooldownOf(rule);
    }
    task.roll = null;
  }
}

/**
 * It was refused, or its order was in vain; a rule behind the one that had an order never had its turn. Which of them were
 * confirmed, and so refused, the reason says: the turn that plans leg 1 may end the roll as well.
 */
function wasTried(
  { place, name }: { readonly place: number; readonly name: string },
  roll: Roll | null,
  [newest]: RollContext['reasons'],
): boolean {
  if (!roll?.rules.includes(place)) return false;
  if (roll.rule !== null) return roll.rules.indexOf(place) <= roll.rules.indexOf(roll.rule);
  if (newest?.code !== 'rulesRefused' || newest.atMs < roll.startedAtMs) return true;
  const { rules } = newest.figures as { readonly rules: readonly RefusedRule[] };
  return rules.some(({ rule }) => rule === name);
}

const typeOf = (eventJson: string): string => (JSON.parse(eventJson) as { readonly type: string }).type;

const cooldownOf = ({ guards }: Rule): number => guards.cooldownMs;
