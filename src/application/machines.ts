/** The state machines that this program runs on, laid out to be drawn. */
import { NotFound } from '../domain/request-errors.ts';
import type { ChartLabels, MachineLayout } from '../ports/machine-charts.ts';
import { assertRight, type Caller } from './caller.ts';
import type { DaemonPorts } from './ports.ts';

export interface MachineNames {
  /** In the order in which they are shown. */
  readonly names: readonly string[];
}

/** @throws NotAllowed to nobody */
export function listMachines(caller: Caller, ports: Pick<DaemonPorts, 'charts'>): MachineNames {
  assertRight(caller, 'read');
  return { names: ports.charts.names() };
}

export interface MachineQuestion {
  readonly machineName: string;
  readonly labels: ChartLabels;
}

/** @throws NotFound when there is no machine of that name; NotAllowed to nobody */
export async function showMachine(
  caller: Caller,
  ports: Pick<DaemonPorts, 'charts'>,
  { machineName, labels }: MachineQuestion,
): Promise<MachineLayout> {
  assertRight(caller, 'read');
  const layout = await ports.charts.layout(machineName, labels);
  if (layout === null) throw new NotFound('machine', machineName);
  return layout;
}
