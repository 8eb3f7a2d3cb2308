/** Several rules are judged as each of them would be alone; one that rests or is used up is not there; no change is missed. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeldOption } from '../../../../src/domain/market/held-option.ts';
import {
  heldSinceOf,
  judgeRules,
  watchesOfRules,
  type RulesInForce,
} from '../../../../src/domain/rules/judging.ts';
import type { Rule } from '../../../../src/domain/rules/rule.ts';
import { judge } from '../../../../src/domain/rules/trigger-judging.ts';
import {
  conditionsOf,
  readField,
  type Condition,
  type HeldSince,
  type Readings,
  type Trigger,
} from '../../../../src/domain/rules/triggers.ts';
import { optionNamed, readSpec } from '../../../support/options.ts';

const nowMs = Date.UTC(2023, 2, 1, 12);
const held: HeldOption = {
  ...optionNamed('BTC-31MAR23-25000-C-USDT'),
  side: 'Sell',
  qty: '0.5',
  premium: '500',
};
const [sample] = readSpec({ symbol: held.symbol, trigger: 25_000, target: 1000 }).rules;
const second = 1_000;

const condition: fc.Arbitrary<Condition> = fc.record({
  kind: fc.constantFrom('index' as const, 'mark' as const, 'delta' as const, 'optionMark' as const),
  direction: fc.constantFrom('above' as const, 'below' as const),
  level: fc.integer({ min: 1, max: 9 }).map(String),
  holdMs: fc.constantFrom(0, 0, 0, 2 * second, 5 * second),
});
const { trigger } = fc.letrec<{ trigger: Trigger }>((tie) => ({
  trigger: fc.oneof(
    { maxDepth: 2 },
    condition,
    fc.record({
      kind: fc.constantFrom('any' as const, 'all' as const),
      of: fc.array(tie('trigger'), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));

interface DrawnRule {
  readonly trigger: Trigger;
  readonly restsMs: number;
  readonly rollsDone: number;
  readonly rollsMax: number | null;
}
const drawnRule: fc.Arbitrary<DrawnRule> = fc.record({
  trigger,
  restsMs: fc.constantFrom(0, 0, 1, 3 * second),
  rollsDone: fc.integer({ min: 0, max: 2 }),
  rollsMax: fc.constantFrom(null, null, 1, 2),
});
const drawnRules = fc.array(drawnRule, { minLength: 1, maxLength: 4 });
const price = fc.option(fc.integer({ min: 0, max: 10 }).map(String), { nil: undefined });
const drawnReadings: fc.Arbitrary<Readings> = fc
  .record({ index: price, mark: price, delta: price, optionMark: price })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

function inForce(rules: readonly DrawnRule[], heldSince: HeldSince = {}): RulesInForce {
  return {
    spec: {
      rules: rules.map(({ rollsMax }): Rule => {
        if (!sample) throw new Error('a spec has a rule');
        return { ...sample, guards: { ...sample.guards, rollsMax } };
      }),
    },
    rules: rules.map((rule) => ({
      trigger: rule.trigger,
      restsUntilMs: nowMs + rule.restsMs,
      rollsDone: rule.rollsDone,
    })),
    held,
    heldSince,
  };
}

/** Since when each condition holds, drawn by place; each rule has its own part. */
const drawnSince = (rules: readonly DrawnRule[], seed: readonly number[]): HeldSince =>
  Object.fromEntries(
    rules
      .flatMap((rule) => conditionsOf(rule.trigger))
      .flatMap((_, place) => {
        const ms = seed[place % seed.length] ?? 0;
        return ms === 0 ? [] : [[place, nowMs - ms]];
      }),
  );
const sinceSeed = fc.array(fc.constantFrom(0, second, 2 * second, 5 * second, 60 * second), {
  minLength: 1,
  maxLength: 12,
});

const mayAct = ({ rollsMax, rollsDone, restsMs }: DrawnRule, atMs: number): boolean =>
  nowMs + restsMs <= atMs && (rollsMax === null || rollsDone < rollsMax);

/** Each rule alone, with the part of `heldSince` that its conditions have. */
function oneByOne(rules: readonly DrawnRule[], heldSince: HeldSince, readings: Readings, atMs: number) {
  let first = 0;
  return rules.map((rule) => {
    const { length } = conditionsOf(rule.trigger);
    const from = first;
    first += length;
    const own: Record<number, number> = {};
    for (const [place, since] of Object.entries(heldSince))
      if (Number(place) >= from && Number(place) < from + length) own[Number(place) - from] = since;
    return {
      from,
      own,
      alone: mayAct(rule, atMs)
        ? judge({ trigger: rule.trigger, held, heldSince: own }, readings, atMs)
        : null,
    };
  });
}

const runs = { numRuns: 5_000 };

describe('the judgement of several rules', () => {
  test('is that of each of them alone: due, since when, and when next', () => {
    fc.assert(
      fc.property(
        drawnRules,
        sinceSeed,
        drawnReadings,
        fc.constantFrom(0, 1, 3_000),
        (rules, seed, readings, ms) => {
          const heldSince = drawnSince(rules, seed);
          const atMs = nowMs + ms;
          const together = judgeRules(inForce(rules, heldSince), readings, atMs);
          const each = oneByOne(rules, heldSince, readings, atMs);
          expect(together.due).toEqual(each.flatMap(({ alone }, place) => (alone?.holds ? [place] : [])));
          const since: Record<string, number> = {};
          for (const { from, alone } of each)
            for (const [place, sinceMs] of Object.entries(alone?.heldSince ?? {}))
              since[from + Number(place)] = sinceMs;
          expect(together.heldSince).toEqual(since);
          const dueTimes = each.flatMap(({ alone }) => alone?.dueAtMs ?? []);
          expect(together.dueAtMs).toBe(dueTimes.length === 0 ? null : Math.min(...dueTimes));
        },
      ),
      runs,
    );
  });

  test('names conditions of rules that are due, and of no other; all that count where none is', () => {
    fc.assert(
      fc.property(drawnRules, sinceSeed, drawnReadings, (rules, seed, readings) => {
        const heldSince = drawnSince(rules, seed);
        const { due, places } = judgeRules(inForce(rules, heldSince), readings, nowMs);
        const each = oneByOne(rules, heldSince, readings, nowMs);
        const counted = each.flatMap(({ from, alone }, rule) =>
          alone && (due.length === 0 || due.includes(rule)) ? alone.places.map((place) => from + place) : [],
        );
        expect(places).toEqual(counted);
      }),
      runs,
    );
  });

  test('leaves out a rule that rests or is used up, whatever holds', () => {
    fc.assert(
      fc.property(drawnRules, drawnReadings, fc.constantFrom(0, 1, 3_000), (rules, readings, ms) => {
        const { due } = judgeRules(inForce(rules), readings, nowMs + ms);
        for (const place of due) expect(rules[place] && mayAct(rules[place], nowMs + ms)).toBe(true);
      }),
      runs,
    );
  });

  test('keeps the times of each rule to itself', () => {
    fc.assert(
      fc.property(drawnRules, sinceSeed, drawnReadings, (rules, seed, readings) => {
        const heldSince = drawnSince(rules, seed);
        const together = judgeRules(inForce(rules, heldSince), readings, nowMs);
        for (const [place, { own, alone }] of oneByOne(rules, heldSince, readings, nowMs).entries()) {
          expect(heldSinceOf(inForce(rules, heldSince), place)).toEqual(own);
          expect(heldSinceOf(inForce(rules, together.heldSince), place)).toEqual(alone?.heldSince ?? {});
        }
      }),
      runs,
    );
  });
});

describe('the watches of several rules', () => {
  const fields = ['index', 'mark', 'delta', 'optionMark'] as const;
  const steps = fc.array(
    fc.oneof(
      fc.record({ field: fc.constantFrom(...fields), value: fc.integer({ min: 0, max: 10 }).map(String) }),
      fc.record({ passMs: fc.constantFrom(500, second, 3 * second) }),
    ),
    { maxLength: 25 },
  );

  /**
   * As the runtime does it: a task is woken when a tick or the clock reaches one of its watches, or when the wait that was
   * begun for a holding condition is over; each time it notes what holds and is armed anew. A look at every moment must not
   * find more: no rule that is due, and no condition that begins or ceases to hold.
   */
  test('miss nothing that a look at every moment would have found', () => {
    fc.assert(
      fc.property(drawnRules, steps, (rules, moves) => {
        let atMs = nowMs;
        let readings: Readings = {};
        let since: HeldSince = {};
        const wait: { untilMs: number | null } = { untilMs: null };
        const arm = () => {
          const force = inForce(rules, since);
          const judged = judgeRules(force, readings, atMs);
          since = judged.heldSince;
          wait.untilMs = judged.dueAtMs;
          const isConfirming = wait.untilMs !== null;
          return watchesOfRules(inForce(rules, since), readings, { atMs, isConfirming });
        };
        let armed = arm();
        for (const move of moves) {
          if ('field' in move) readings = { ...readings, [move.field]: move.value };
          else atMs += move.passMs;
          const moved = 'field' in move ? move.field : 'clock';
          const known = { ...readings, clock: String(atMs) };
          const truth = judgeRules(inForce(rules, since), readings, atMs);
          const isOver = wait.untilMs !== null && atMs >= wait.untilMs;
          const isWoken =
            isOver ||
            armed.some(({ field, direction, level }) => {
              const value = field === moved ? readField(field, held, known) : null;
              if (value === null) return false;
              return direction === 'rising' ? Number(value) >= Number(level) : Number(value) <= Number(level);
            });
          if (truth.due.length > 0) expect(isWoken).toBe(true);
          if (truth.due.length > 0) return;
          const isNews = JSON.stringify(truth.heldSince) !== JSON.stringify(since);
          if (isNews) expect(isWoken).toBe(true);
          if (isWoken) armed = arm();
        }
      }),
      runs,
    );
  });

  test('are none of a rule that is used up, and only the end of its rest of one that rests', () => {
    fc.assert(
      fc.property(drawnRules, drawnReadings, fc.boolean(), (rules, readings, isConfirming) => {
        const idle = rules.filter((rule) => !mayAct(rule, nowMs));
        const resting = idle.filter(({ rollsMax, rollsDone }) => rollsMax === null || rollsDone < rollsMax);
        const watches = watchesOfRules(inForce(idle), readings, { atMs: nowMs, isConfirming });
        const endMs = Math.min(...resting.map(({ restsMs }) => nowMs + restsMs));
        expect(watches).toEqual(
          resting.length === 0 ? [] : [{ field: 'clock', direction: 'rising', level: String(endMs) }],
        );
      }),
      runs,
    );
  });
});
