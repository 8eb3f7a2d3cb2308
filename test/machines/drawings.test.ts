/** Nothing vanishes in Stately's tools: what the public extractor reads off each file is what runs. */
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';
import type { AnyStateNode } from 'xstate';
import { arrowsOf, codeOf, machines, mermaidOf } from '../../src/drawing/drawings.ts';
import { svgOf } from '../../src/drawing/machine-svg.ts';
import { extractMachinesFromFile } from '../support/machine-extractor.ts';

interface Extracted {
  readonly states?: Readonly<Record<string, Extracted>>;
  readonly on?: Readonly<Record<string, unknown>>;
  readonly always?: unknown;
  readonly invoke?: unknown;
}

/** `path: EVENT ×n` for everything that can lead out of a state. */
function extractedFrom(node: Extracted, path: string[] = []): string[] {
  const many = (value: unknown): number =>
    Array.isArray(value) ? value.length : value === undefined ? 0 : 1;
  const own = [
    ...Object.entries(node.on ?? {})
      .filter(([event]) => !event.startsWith('xstate.'))
      .map(([event, to]) => `${event} ×${Math.max(many(to), 1)}`),
    ...(node.always === undefined ? [] : [`always ×${many(node.always)}`]),
  ];
  return [
    ...own.map((each) => `${path.join('.')}: ${each}`),
    ...Object.entries(node.states ?? {}).flatMap(([key, child]) => [
      [...path, key].join('.'),
      ...extractedFrom(child, [...path, key]),
    ]),
  ];
}

function runningIn(node: AnyStateNode): string[] {
  const path = node.path.join('.');
  const events = [...node.transitions].filter(([event]) => !event.startsWith('xstate.'));
  const own = [
    ...events.map(([event, transitions]) => `${event} ×${transitions.length}`),
    ...(node.always && node.always.length > 0 ? [`always ×${node.always.length}`] : []),
  ];
  return [
    ...own.map((each) => `${path}: ${each}`),
    ...Object.values(node.states).flatMap((child) => [child.path.join('.'), ...runningIn(child)]),
  ];
}

const statesIn = (node: AnyStateNode): AnyStateNode[] =>
  Object.values(node.states).flatMap((child) => [child, ...statesIn(child)]);

const fileOf = (name: string): string =>
  readFileSync(new URL(`../../machines/${name}.machine.ts`, import.meta.url), 'utf8');

describe.each(Object.entries(machines))('the %s machine', (name, machine) => {
  test('is read off its file as it runs: states, events, and how many ways each leads', () => {
    const [extracted, ...others] = extractMachinesFromFile(fileOf(name))?.machines ?? [];
    expect(others).toEqual([]);
    const config = extracted?.toConfig() as Extracted | undefined;
    expect(extractedFrom(config ?? {}).sort()).toEqual(runningIn(machine.root).sort());
  });

  test('is written as code that the extractor reads alike (rollkeeper machines --code)', () => {
    const [extracted] = extractMachinesFromFile(codeOf(machine))?.machines ?? [];
    const config = extracted?.toConfig() as Extracted | undefined;
    expect(extractedFrom(config ?? {}).sort()).toEqual(runningIn(machine.root).sort());
  });

  test('is drawn as a picture with every state and every label (rollkeeper machines --svg)', async () => {
    const svg = await svgOf(machine);
    const drawn = (kind: string) =>
      [...svg.matchAll(new RegExp(`class="${kind}"[^>]*>([^<]*)`, 'g'))].map(([, text]) => text);
    expect(drawn('title').sort()).toEqual(
      statesIn(machine.root)
        .map(({ key }) => key)
        .sort(),
    );
    const labels = arrowsOf(machine.root).map(({ label }) => (label === '' ? 'otherwise' : label));
    const escaped = labels.map((label) =>
      label.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    );
    expect(drawn('label').sort()).toEqual(escaped.sort());
    expect(svg).not.toMatch(/NaN|undefined/);
  });

  test('is drawn in docs/machines.md as it runs (rollkeeper machines)', () => {
    const page = readFileSync(new URL('../../docs/machines.md', import.meta.url), 'utf8');
    expect(page).toContain(`\`\`\`mermaid\n${mermaidOf(machine)}\n\`\`\``);
  });
});
