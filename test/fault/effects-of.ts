/** The effects that a chart can start, read off the chart itself: a new effect without a row in a table fails. */
import { StateMachine, type AnyStateMachine } from 'xstate';

/** `machine: effect`, of this machine and of every machine that it runs. */
export const effectsOf = (machine: AnyStateMachine): string[] =>
  Object.keys(machine.implementations.actors).flatMap((name) => {
    const inner = machineIn(machine, name);
    return inner ? effectsOf(inner) : [nameOf(machine, name)];
  });

export const nameOf = (machine: AnyStateMachine, effect: string): string => `${machine.id}: ${effect}`;

/** What a machine starts under this name, if that is a machine again. */
export function machineIn(machine: AnyStateMachine, name: string): AnyStateMachine | null {
  const logic: unknown = machine.implementations.actors[name];
  return logic instanceof StateMachine ? (logic as AnyStateMachine) : null;
}

/** Effects of these machines without a row in the table, and rows for effects that no machine has. */
export function missingRows(
  rows: Readonly<Record<string, unknown>>,
  ...machines: AnyStateMachine[]
): string[] {
  const effects = machines.flatMap(effectsOf);
  return [
    ...effects.filter((effect) => !(effect in rows)).map((effect) => `"${effect}" has no row`),
    ...Object.keys(rows)
      .filter((row) => !effects.includes(row))
      .map((row) => `"${row}" is no effect of any machine`),
  ];
}
