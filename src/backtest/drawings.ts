/** The state machines, drawn as Mermaid diagrams: every state in its parent, every transition with its event and guard. */
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
  return [...lines, ...transitionsOf(machine.root)].join('\n');
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

const initialOf = (node: AnyStateNode): AnyStateNode | undefined => node.initial.target[0];

function transitionsOf(node: AnyStateNode): string[] {
  const own = [...node.transitions.values()].flat();
  const always = node.always ?? [];
  const lines = node.path.length === 0 ? [] : [...own, ...always].flatMap((each) => arrowsOf(node, each));
  return [...lines, ...Object.values(node.states).flatMap(transitionsOf)];
}

interface Drawn {
  readonly target: readonly AnyStateNode[] | undefined;
  readonly eventType: string;
  readonly guard?: unknown;
}

/** What stays where it is leads to itself. */
function arrowsOf(node: AnyStateNode, { target, eventType, guard }: Drawn): string[] {
  const event = eventType.replace(/^xstate\.(done|error)\.actor\..*$/, '$1');
  const condition = typeof guard === 'string' ? ` [${guard}]` : '';
  const label = `${event}${condition}`.trim();
  return (target ?? [node]).map((to) => `  ${idOf(node)} --> ${idOf(to)}${label === '' ? '' : `: ${label}`}`);
}
