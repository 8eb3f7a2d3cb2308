/** What it costs to replay a journal, with its comparison byte for byte, beside only sending the same events. */
import { createActor, type AnyActorRef } from 'xstate';
import { rollMachine } from '../../../machines/roll.machine.ts';
import { inert, replay } from '../../../src/replay/replay.ts';
import type { RollInput } from '../../../src/domain/roll/roll-context.ts';
import { journalIn } from '../../support/replayed.ts';
import type { Bench } from '../harness/bench.ts';
import { atMost } from '../harness/comparison.ts';

const rows = journalIn('test/fixtures/journals/roll-by-delta.jsonl');
const machine = inert(rollMachine);
const events = rows.map(({ path, eventJson }) => ({
  path,
  event: JSON.parse(eventJson) as { type: string },
}));

/** @throws Error when an event finds no receiver: then the same is not measured */
function sendOnly(): void {
  const { input } = events[0]?.event as unknown as { input: RollInput };
  const actor = createActor(machine, { input }).start();
  for (const { path, event } of events.slice(1)) {
    if (event.type === 'ADOPTED') continue;
    const { children } = actor.getSnapshot() as { children: Record<string, AnyActorRef | undefined> };
    const receiver: AnyActorRef | undefined = path === '' ? actor : children[path];
    if (!receiver) throw new Error(`there is no actor at ${path}`);
    receiver.send(event);
  }
  actor.stop();
}

function replayed(): void {
  const { mismatch } = replay(rows);
  if (mismatch) throw new Error(`the journal does not replay: ${JSON.stringify(mismatch)}`);
}

function millisecondsOf(run: () => void, times: number): number {
  const startedMs = performance.now();
  for (let time = 0; time < times; time += 1) run();
  return performance.now() - startedMs;
}

const bench: Bench = {
  measures: `a journal of ${rows.length} rows replayed and compared`,
  *run({ rounds, quick }) {
    const times = quick ? 3 : 200;
    millisecondsOf(sendOnly, times);
    millisecondsOf(replayed, times);
    const measured = Array.from({ length: rounds }, () => ({
      bareMs: millisecondsOf(sendOnly, times),
      replayMs: millisecondsOf(replayed, times),
    }));
    const each = Math.min(...measured.map(({ replayMs }) => replayMs)) / times / rows.length;
    yield {
      case: `a journal of ${rows.length} rows, replayed and compared`,
      against: 'actor.send of the same events',
      reach: atMost(2),
      rounds: measured.map(({ bareMs, replayMs }) => replayMs / bareMs),
      figures: `${Math.round(1_000 / each)} rows/s`,
    };
  },
};

export default bench;
