/**
 * Draws the state machines as Mermaid diagrams, or writes them as code for Stately's editor: every state inside its parent,
 * every transition with its event and guard. `machine-svg.ts` draws them as pictures.
 */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { daemonMachine } from '../../machines/daemon.machine.ts';
import { orderMachine } from '../../machines/order.machine.ts';
import { rollMachine } from '../../machines/roll.machine.ts';
import { streamMachine } from '../../machines/stream.machine.ts';

export const machines: Readonly<Record<string, AnyStateMachine>> = {
  roll: rollMachine,
  order: orderMachine,
  stream: streamMachine,
  daemon: daemonMachine,
};

export function mermaidOf(machine: AnyStateMachine): string {
  const lines = ['stateDiagram-v2', ...statesOf(machine.root, '  ')];
  const arrows = arrowsOf(machine.root).map(
    ({ from, to, label }) => `  ${from} --> ${to}${label === '' ? '' : `: ${label}`}`,
  );
  return [...lines, ...arrows].join('\n');
}

const idOf = (node: AnyStateNode): string => node.path.join('_');

function statesOf(node: AnyStateNode, indent: string): string[] {
  const initial = initialOf(node);
  return [
    ...(initial ? [`${indent}[*] --> ${idOf(initial)}`] : []),
    ...Object.values(node.states).flatMap((child) => {
      const isLeaf = Object.keys(child.states).length === 0;
      const label = `${indent}state "${child.key}" as ${idOf(child)}`;
      const lines = isLeaf ? [label] : [`${label} {`, ...statesOf(child, `${indent}  `), `${indent}}`];
      return child.type === 'final' ? [...lines, `${indent}${idOf(child)} --> [*]`] : lines;
    }),
  ];
}

export const initialOf = (node: AnyStateNode): AnyStateNode | undefined => node.initial.target[0];

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly fromPath: readonly string[];
  readonly toPath: readonly string[];
  /** Event and guard. */
  readonly label: string;
  /** The event as the machine receives it. */
  readonly event: string;
}

/** All transitions of the node and of the states in it. One without a target leads to its own state. */
export function arrowsOf(node: AnyStateNode): Arrow[] {
  const own = [...node.transitions.values()].flat();
  const always = node.always ?? [];
  const arrows = node.path.length === 0 ? [] : [...own, ...always].flatMap((each) => arrowsOfOne(node, each));
  return [...arrows, ...Object.values(node.states).flatMap(arrowsOf)];
}

interface Drawn {
  readonly target: readonly AnyStateNode[] | undefined;
  readonly eventType: string;
  readonly guard?: unknown;
}

function arrowsOfOne(node: AnyStateNode, { target, eventType, guard }: Drawn): Arrow[] {
  const event = eventType.replace(/^xstate\.(done|error)\.actor\..*$/, '$1');
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  const label = `${event}${condition}`.trim();
  return (target ?? [node]).map((to) => ({
    from: idOf(node),
    to: idOf(to),
    fromPath: node.path,
    toPath: to.path,
    label,
    event: eventType,
  }));
}

/** The chart as one `createMachine(…)` that Stately's editor can import; guards, actions and actors appear by name only. */
export function codeOf(machine: AnyStateMachine): string {
  const chart = JSON.stringify(
    machine.config,
    (_, value: unknown) => (typeof value === 'function' ? undefined : value),
    2,
  );
  return `import { createMachine } from 'xstate';\n\nexport const machine = createMachine(${chart});\n`;
}
