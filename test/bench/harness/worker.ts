/** Runs one bench in a process of its own, so that no heap, socket or compiled code of another one stands in its way. */
import type { Bench } from './bench.ts';
import { comparisonOf } from './comparison.ts';
import type { Message, Order } from './message.ts';

process.once('message', (order: Order) => {
  void run(order).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

// Nobody reads on: whatever the bench has started ends with this process.
process.on('disconnect', () => process.exit(1));

async function run({ name, rounds, quick }: Order): Promise<void> {
  const bench = await load(name);
  const missing = bench.missing?.() ?? null;
  if (missing !== null) return report({ kind: 'skipped', reason: missing });
  const say = (line: string): void => void report({ kind: 'line', line });
  for await (const measured of bench.run({ rounds, quick, say }))
    await report({ kind: 'comparison', comparison: comparisonOf(name, measured), figures: measured.figures });
}

const load = async (name: string): Promise<Bench> =>
  ((await import(`../benches/${name}.bench.ts`)) as { default: Bench }).default;

const report = (message: Message): Promise<void> =>
  new Promise((resolve) => process.send?.(message, undefined, undefined, () => resolve()));
