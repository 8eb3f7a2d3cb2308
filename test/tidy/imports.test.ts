import { describe, expect, it } from 'vitest';
import { findCircles, importRule } from './rules/imports.ts';
import { codeIn, findAll } from './source.ts';

const code = codeIn('src', 'machines');
const complaints = (path: string, text: string): string[] => findAll(importRule, [{ path, text }]);

describe('the five floors', () => {
  it('hold: every import goes down, and only where its folder may look', () => {
    expect(findAll(importRule, code)).toEqual([]);
  });

  it('have no circle anywhere', () => {
    expect(findAll((file) => (file === code[0] ? findCircles(code) : []), code)).toEqual([]);
  });
});

describe('the import rule', () => {
  it.each([
    ['src/domain/a.ts', "import { b } from '../ports/b.ts';", 'domain imports ports'],
    ['src/domain/a.ts', "import type { B } from '../runtime/b.ts';", 'domain imports runtime'],
    ['src/domain/a.ts', "import { readFileSync } from 'node:fs';", 'no I/O'],
    ['src/ports/a.ts', "import { b } from '../domain/b.ts';", 'only take types'],
    ['machines/a.machine.ts', "import { b } from '../src/ports/b.ts';", 'machines imports ports'],
    ['machines/a.machine.ts', "import { z } from 'zod';", 'knows only xstate'],
    ['src/runtime/a.ts', "import { b } from '../store/b.ts';", 'runtime imports store'],
    [
      'src/runtime/a.ts',
      "const b = await import('../exchange/paper/b.ts');",
      'runtime imports exchange/paper',
    ],
    ['src/store/a.ts', "export * from '../exchange/bybit/b.ts';", 'store imports exchange/bybit'],
    [
      'src/exchange/bybit/a.ts',
      "import { b } from '../paper/b.ts';",
      'exchange/bybit imports exchange/paper',
    ],
    ['src/exchange/bybit/a.ts', "import { b } from '../../../machines/roll.machine.ts';", 'imports machines'],
    [
      'src/exchange/paper/a.ts',
      "import { b } from '../../../machines/stream.machine.ts';",
      'imports machines',
    ],
    ['src/api/a.ts', "import { b } from '../runtime/supervisor.ts';", 'api imports runtime'],
    ['src/dashboard/a.tsx', "import { b } from '../api/contract.ts';", 'only take types'],
    ['src/dashboard/a.tsx', "import type { b } from '../domain/money.ts';", 'dashboard imports domain'],
    ['src/dashboard/a.tsx', "import { join } from 'node:path';", 'runs in a browser'],
    ['src/api/a.ts', "import { useState } from 'react';", 'outside src/dashboard'],
    ['src/cli/a.ts', "import { b } from '../runtime/b.ts';", 'cli imports runtime'],
    ['src/cli/task/a.ts', "import type { B } from '../../store/b.ts';", 'Let a use case'],
    ['src/application/a.ts', "import { b } from '../store/b.ts';", 'application imports store'],
    ['src/application/a.ts', "import { b } from '../cli/b.ts';", 'application imports cli'],
    ['src/store/a.ts', "import { b } from '../config.ts';", 'store imports config'],
    ['src/runtime/a.ts', "import { b } from '../main.ts';", 'runtime imports main'],
    ['src/main.ts', "import { b } from './cli/b.ts';", 'main imports cli'],
    ['src/cli/a.ts', "import { b } from '../../test/support/b.ts';", 'cli imports test'],
    ['src/cli/a.ts', "import { Pool } from 'pg';", 'outside src/store'],
    ['src/lib/a.ts', "import { b } from '../domain/b.ts';", 'outside the known folders'],
    ['src/main.ts', "import { b } from './exchange/bybit/b.ts';", 'main imports exchange/bybit'],
    ['src/daemon/a.ts', "import { b } from '../runtime/b.ts';", 'daemon imports runtime'],
    ['src/runtime/a.ts', "import { b } from '../daemon/b.ts';", 'runtime imports daemon'],
    ['src/domain/a.ts', "import { b } from '../exchange/bybit/b.ts';", 'domain imports exchange/bybit'],
    [
      'src/exchange/paper/a.ts',
      "import { b } from '../bybit/parse.ts';",
      'exchange/paper imports exchange/bybit',
    ],
  ])('stops %s with %s', (path, text, expected) => {
    expect(complaints(path, text)).toEqual([expect.stringContaining(expected)]);
    expect(complaints(path, text)[0]).toContain(`${path}:1 `);
  });

  it.each([
    ['src/exchange/bybit/a.ts', "import { b } from '../../../machines/stream.machine.ts';"],
    ['src/api/a.ts', "import { b } from '../application/b.ts';"],
    ['src/cli/shell/database.ts', "import { b } from '../../store/b.ts';"],
    ['src/application/a.ts', "import type { B } from '../ports/b.ts';"],
    ['src/cli/a.ts', "import { b } from '../main.ts';"],
    ['src/cli/a.ts', "import { b } from '../daemon/venue.ts';"],
    ['src/main.ts', "import { b } from './daemon/b.ts';"],
    ['src/exchange/paper/a.ts', "import { b } from '../bybit/symbols.ts';"],
    ['src/ports/a.ts', "import type { B } from '../domain/b.ts';"],
    ['src/dashboard/pages/desk/a.tsx', "import type { B } from '../../../api/contract.ts';"],
    ['src/dashboard/vite.config.ts', "import { fileURLToPath } from 'node:url';"],
    ['src/runtime/a.ts', "import { a } from './b.ts'; import { c } from '../../machines/roll.machine.ts';"],
  ])('lets %s have %s', (path, text) => {
    expect(complaints(path, text)).toEqual([]);
  });

  it('sees a circle, also one of types', () => {
    const circle = findCircles([
      { path: 'src/domain/a.ts', text: "import { b } from './b.ts';" },
      { path: 'src/domain/b.ts', text: "import type { c } from './c.ts';" },
      { path: 'src/domain/c.ts', text: "import { a } from './a.ts';" },
    ]);
    expect(circle.map((finding) => finding.message)).toEqual([
      expect.stringContaining('src/domain/a.ts → src/domain/b.ts → src/domain/c.ts → src/domain/a.ts'),
    ]);
  });
});
