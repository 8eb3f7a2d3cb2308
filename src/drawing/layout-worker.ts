/** The thread in which a machine is laid out (layout-thread.ts). */
import type { MachineLayout } from '../ports/machine-charts.ts';
import { machines } from './drawings.ts';
import { layoutOf, type LayoutWish } from './machine-layout.ts';

/** @returns `null` when there is no machine of that name */
export default async function layOut(wish: LayoutWish): Promise<MachineLayout | null> {
  const machine = machines[wish.name];
  return machine ? layoutOf(machine, wish) : null;
}
