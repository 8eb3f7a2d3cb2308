/** Injects the faults of the plan, each of which ends by itself, and counts them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation } from './installation.ts';
import type { Fault } from './plan.ts';

export interface FaultCounts {
  postgresRestarts: number;
  /** Connections cut on purpose: to the database, or to the exchange. */
  socketCuts: number;
  freezes: number;
  /** Requests, orders or look-ups that were set up to go wrong. */
  faults: number;
}

export const noFaults = (): FaultCounts => ({ postgresRestarts: 0, socketCuts: 0, freezes: 0, faults: 0 });

export async function injectFault(
  installation: Installation,
  fault: Fault,
  counts: FaultCounts,
): Promise<void> {
  const { paper, daemons } = installation;
  switch (fault.kind) {
    case 'postgres':
      if (installation.endPostgres(fault.signal)) counts.postgresRestarts += 1;
      return;
    case 'database wire': {
      const wire = daemons.manager()?.wire;
      if (!wire) return;
      counts.socketCuts += 1;
      if (fault.mode !== 'cut') {
        wire.mode = fault.mode;
        await sleep(fault.forMs);
      }
      // The bytes that were swallowed never arrive, as on a line that broke.
      wire.cut();
      wire.mode = 'on';
      return;
    }
    case 'exchange sockets':
      counts.socketCuts += 1;
      if (fault.forMs > 0) {
        await paper.ask('halfOpenSockets', fault.stream);
        await sleep(fault.forMs);
      }
      await paper.ask('dropSockets', fault.stream);
      return;
    case 'exchange restart':
      counts.socketCuts += 1;
      await paper.ask('restart');
      return;
    case 'freeze': {
      const target = daemons.manager();
      if (!target) return;
      counts.freezes += 1;
      await daemons.freeze(target, fault.forMs);
      return;
    }
    case 'exchange answers': {
      counts.faults += 1;
      const numbers = await Promise.all(fault.rules.map((rule) => paper.ask('addFault', rule)));
      await sleep(fault.forMs);
      for (const number of numbers) await paper.ask('removeFault', number);
    }
  }
}
