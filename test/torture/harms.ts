/** Carries out the harms of the plan, each of which ends by itself, and counts them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Harm } from './plan.ts';
import type { Stage } from './stage.ts';

export interface HarmCounts {
  postgresRestarts: number;
  /** Connections cut on purpose: to the database, or to the exchange. */
  socketCuts: number;
  freezes: number;
  /** Requests, orders or look-ups that were set up to go wrong. */
  faults: number;
}

export const noHarms = (): HarmCounts => ({ postgresRestarts: 0, socketCuts: 0, freezes: 0, faults: 0 });

export async function inflict(stage: Stage, harm: Harm, counts: HarmCounts): Promise<void> {
  const { paper, daemons } = stage;
  switch (harm.kind) {
    case 'postgres':
      if (stage.endPostgres(harm.signal)) counts.postgresRestarts += 1;
      return;
    case 'database wire': {
      const wire = daemons.owner()?.wire;
      if (!wire) return;
      counts.socketCuts += 1;
      if (harm.mode !== 'cut') {
        wire.mode = harm.mode;
        await sleep(harm.forMs);
      }
      // What was swallowed is gone for good, as on a line that broke.
      wire.cut();
      wire.mode = 'on';
      return;
    }
    case 'exchange sockets':
      counts.socketCuts += 1;
      if (harm.forMs > 0) {
        await paper.ask('halfOpenSockets', harm.stream);
        await sleep(harm.forMs);
      }
      await paper.ask('dropSockets', harm.stream);
      return;
    case 'exchange restart':
      counts.socketCuts += 1;
      await paper.ask('restart');
      return;
    case 'freeze': {
      const owner = daemons.owner();
      if (!owner) return;
      counts.freezes += 1;
      await daemons.freeze(owner, harm.forMs);
      return;
    }
    case 'fault': {
      counts.faults += 1;
      const numbers = await Promise.all(harm.rules.map((rule) => paper.ask('addFault', rule)));
      await sleep(harm.forMs);
      for (const number of numbers) await paper.ask('removeFault', number);
    }
  }
}
