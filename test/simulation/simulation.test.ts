/** Thousands of rolls through crashes and faults of every kind: nothing twice, nothing lost, an alert wherever a person is needed. */
import { spawn } from 'node:child_process';
import { assert, describe, expect, it } from 'vitest';
import { Episode } from './episode.ts';
import { repeatText, seed } from '../support/seed.ts';
import { nameOf } from './incidents.ts';
import { planEpisode, planOfSingleRules, planWithBounds, type EpisodePlan } from './plan.ts';
import { shrink } from './shrink.ts';
import { lifeIn } from './story.ts';
import type { SimulationSummary } from './simulation.ts';
import type { SimDatabase } from './world/database.ts';

const seeds = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

function npmRun(
  script: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args]);
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('A simulation', () => {
  it('of 2,000 rolls from a random world on breaks no invariant', async () => {
    const { code, out, err } = await npmRun('simulate', '--rolls', '2000', '--json');
    // With this line the same worlds can be played again.
    console.log(err.split('\n')[0]);
    expect(err).not.toContain('violation');
    const summary = JSON.parse(out.trim().split('\n').at(-1) ?? '') as SimulationSummary;
    expect(summary).toMatchObject({ violations: 0, found: [], story: null });
    expect(summary.seeds).toHaveLength(1);
    expect(summary.rolls).toBeGreaterThanOrEqual(2_000);
    // About 63 on average, and it varies: 48 were seen.
    expect(summary.crashes).toBeGreaterThan(20);
    expect(summary.rollsPerSecond).toBeGreaterThan(0);
    for (const what of [
      'fills told ahead of late ones',
      'messages of accounts that came late',
      'orders by REST meanwhile',
      'orders by websocket',
      'orders taken whose answer was lost on the websocket',
      'orders that may still arrive over the websocket',
      'positions asked for',
      'positions kept',
      'prices and quotes that came late',
      'prices that a stream did not send',
      'quotes asked for',
      'quotes kept',
      'quotes that a stream did not send',
      'subscriptions that delivered late',
    ])
      expect(summary.met[what], what).toBeGreaterThan(0);
    expect(code).toBe(0);
  });

  it('has every kind of fault in its plans', () => {
    const drawn = new Set(seeds(200).flatMap((seed) => planEpisode(seed).incidents.map(nameOf)));
    expect([...drawn].sort()).toMatchInlineSnapshot(`
      [
        "answers",
        "asks for a trade",
        "broken stream",
        "clock step",
        "command",
        "crash",
        "database away",
        "delayEffect",
        "delayEvents",
        "doubled requests",
        "duplicateFilled",
        "edits",
        "exchange restart",
        "halts",
        "httpError",
        "jumbled stream",
        "late requests",
        "late subscriptions",
        "lateCancel",
        "limits change",
        "loseAnswer",
        "loseAnswer by websocket",
        "loseRequest",
        "loseRequest by websocket",
        "lost commit answers",
        "lost session",
        "malformedAnswer",
        "no quote",
        "noFill",
        "order socket dies",
        "owner closes a leg",
        "partialFill",
        "pauses rolls",
        "reject",
        "rejectLater",
        "silent feed",
        "staleReads",
        "stalled stream",
        "steps in",
        "stop the world",
        "stream behind",
        "strikes refuse",
        "thin book",
      ]
    `);
  });

  it('keeps the position of a task that rolled under a look of an earlier period of its account', async () => {
    expect((await new Episode(planOfSingleRules(91_827_421)).run()).violations).toEqual([]);
  });

  it('ends a roll that began while the tasks of its account were being taken over', async () => {
    expect((await new Episode(planOfSingleRules(4_840)).run()).violations).toEqual([]);
  });

  it('gives no task what another one of its account has just rolled into', async () => {
    expect((await new Episode(planWithBounds(44_700_680)).run()).violations).toEqual([]);
  });

  it('ends a question whose rules rest until its time, on a rule whose moment has come', async () => {
    expect((await new Episode(planWithBounds(490_543_843)).run()).violations).toEqual([]);
  });

  it('has structures of two and of four legs, whose rules choose legs, and some that are delivered', () => {
    const plans = seeds(200).map(planEpisode);
    const structures = plans.flatMap(({ tasks }) => tasks.filter(({ legs }) => legs));
    expect(new Set(structures.map(({ legs }) => legs?.length))).toEqual(new Set([2, 4]));
    const written = JSON.stringify(structures.map(({ spec }) => spec));
    for (const word of ['"legs":"untested"', '"legs":["', 'close', 'reduce', 'away', 'reopenLeg1'])
      expect(written).toContain(word);
    expect(plans.filter(({ startMs }) => startMs < Date.UTC(2023, 2, 1, 8)).length).toBeGreaterThan(10);
  });

  it('halts accounts and everything, in each stage of a roll, with kills, and limits what accounts may do', () => {
    const plans = seeds(200).map(planEpisode);
    const halts = plans.flatMap(({ incidents }) => incidents.filter(({ kind }) => kind === 'halts'));
    const written = JSON.stringify(halts);
    for (const part of ['"at once"', '"leg 1"', '"leg 2"', '"question"', '"account":null', '"forMs":null'])
      expect(written).toContain(part);
    for (const part of ['"isUnnoticed":true', /"killsAfterSteps":\d/]) expect(written).toMatch(part);
    const limits = JSON.stringify(plans.flatMap(({ accounts }) => accounts.map((account) => account.limits)));
    for (const name of ['rollsPerDay', 'netDebitPerDay', 'notionalOpenedPerDay', 'ordersPerMinute'])
      expect(limits).toMatch(new RegExp(`"${name}":"?\\d`));
  });

  it('has rules that do everything, and tasks of one rule', () => {
    const specs = seeds(100).flatMap((seed) => planEpisode(seed).tasks.map(({ spec }) => spec));
    const written = JSON.stringify(specs);
    for (const word of [
      'reduce',
      'alert',
      'close',
      'scale',
      'qty',
      'prefer',
      'furthest',
      'nearest 14d',
      'profit',
    ])
      expect(written).toContain(word);
    const shorts = specs.filter((spec) => 'trigger' in spec).length;
    expect(shorts).toBeGreaterThan(20);
    expect(specs.length - shorts).toBeGreaterThan(shorts);
  });

  it('gives the same story twice for the same seed, and another for another', async () => {
    const story = async (seed: number) => {
      const lines: string[] = [];
      await new Episode(planEpisode(seed), { onStory: (atMs, line) => lines.push(`${atMs} ${line}`) }).run();
      return lines;
    };
    expect(await story(7)).toEqual(await story(7));
    expect(await story(7)).not.toEqual(await story(8));
  });
});

describe('A simulation of a product that is broken', () => {
  /** The first violation among some worlds whose database was tampered with. */
  async function firstViolation(tamper: (database: SimDatabase) => void, worlds = seeds(30)) {
    for (const seed of worlds) {
      const episode = new Episode(planEpisode(seed));
      tamper(episode.database);
      const [violation] = (await episode.run()).violations;
      if (violation) return violation.text;
    }
    return 'none';
  }

  it('is found when the database acknowledges what it forgets', async () => {
    const forgetful = (database: SimDatabase) => {
      const flush = database.flush.bind(database);
      let flushes = 0;
      database.flush = (owner, turns) =>
        (flushes += 1) % 50 === 0 ? turns.map(() => null) : flush(owner, turns);
    };
    expect(await firstViolation(forgetful)).not.toBe('none');
  });

  it('is found when a daemon is not fenced by its successor', async () => {
    const unfenced = (database: SimDatabase) => {
      const flush = database.flush.bind(database);
      database.held = () => database.accountIds;
      database.flush = (owner, turns) =>
        turns.flatMap((turn) => {
          const { taskId, expectedVersion } = turn.record;
          const version = database.task(taskId)?.version ?? expectedVersion;
          const record = { ...turn.record, expectedVersion: version };
          return flush(owner, [{ ...turn, record, fence: database.epochOf(record.accountId) }]);
        });
    };
    expect(await firstViolation(unfenced)).not.toBe('none');
  });

  const bounded = seeds(60).filter((seed) => planEpisode(seed).hasBounds);

  it('is found when a halt is confirmed that no daemon knows of', async () => {
    const deaf = ({ bounds, accountIds }: SimDatabase) => {
      const halt = bounds.halt.bind(bounds);
      bounds.halt = (accountId, sinceMs) => {
        const lift = halt(accountId, sinceMs);
        for (const each of accountIds) bounds.enter(each, 'nobody');
        bounds.halts = () => [];
        return lift;
      };
    };
    expect(await firstViolation(deaf, bounded)).toMatch(/though account \d is halted$/);
  });

  it('is found when limits are read and not kept', async () => {
    const lax = ({ bounds }: SimDatabase) => {
      const read = bounds.readLimits.bind(bounds);
      bounds.readLimits = (accountIds, owner) => {
        read(accountIds, owner);
        return new Map();
      };
    };
    expect(await firstViolation(lax, bounded)).toMatch(/ begins .* of at most .* in account \d$/);
  });

  it('is shrunk to a story that still goes wrong', async () => {
    const plan: EpisodePlan = { ...planEpisode(seed), hostileMs: 20_000 };
    const impossible = { ...plan, tasks: plan.tasks.map((task) => ({ ...task, qty: '0.001' })) };
    const { violations } = await new Episode(impossible).run();
    const violation = violations.find(({ text }) => text.includes('was asked for and is not there'));
    assert(violation);
    const story = await shrink(impossible, violation);
    expect(story.plan.incidents, repeatText).toEqual([]);
    expect(story.plan.tasks, repeatText).toHaveLength(1);
    expect(story.lines.join('\n')).toContain(story.violation.text);
  });
});

describe('The story of a violation', () => {
  const lines = [
    '    1.000 s  daemon-0.1 starts',
    '    2.000 s  daemon-0.1 stores sim1x0 v2 ROLL_INITIATED.planning [- PRICE]',
    '    2.000 s    info: something of it',
    '    2.500 s  daemon-0.1 stores sim2x1 v2 ROLL_INITIATED.planning [- PRICE]',
    '    2.500 s    info: something of another',
    '    3.000 s  exchange: open-sim1x0-v2 Sell 1 BTC-10MAR23-25000-C-USDT at 900 Filled 1',
    '    4.000 s  *** crash {"daemon":0}',
  ];
  const ofIt = [0, 1, 2, 5, 6].map((at) => lines[at]);

  it('is the whole life of the task it names, with the incidents', () => {
    expect(lifeIn(lines, 'task sim1x0 jumps from version 1 to 3')).toEqual(ofIt);
  });

  it('is the life of every task that traded the option it names', () => {
    expect(lifeIn(lines, 'position 1 BTC-10MAR23-25000-C-USDT: the exchange has 1')).toEqual(ofIt);
  });

  it('is everything when it names neither', () => {
    expect(lifeIn(lines, 'daemon-0.1 does not end')).toEqual(lines);
  });
});
