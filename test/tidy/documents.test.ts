import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { read } from './source.ts';

describe('.env.example', () => {
  const example = new Set(
    [...read('.env.example').text.matchAll(/^#?([A-Z_]+)=/gm)].map((match) => match[1]),
  );
  const config = read('src/config.ts').text;
  const keys = new Set(
    [...config.matchAll(/(?:read|text)\('([A-Z_]+)'|\['([A-Z_]+)'\]/g)].map((m) => m[1] ?? m[2]),
  );

  it('documents every key that src/config.ts reads, and no other', () => {
    expect([...example].sort()).toEqual([...keys].sort());
    expect(keys.size).toBeGreaterThan(15);
  });
});

describe('docker-compose.yml', () => {
  const service = z.looseObject({
    image: z.string().optional(),
    depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
    healthcheck: z.object({ test: z.array(z.string()) }).optional(),
    environment: z.record(z.string(), z.string()),
    ports: z.array(z.string()).optional(),
  });
  const compose = z
    .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
    .parse(parse(read('docker-compose.yml').text));

  it('starts the daemon only when Postgres answers, and opens Postgres to this machine only', () => {
    const { postgres, rollkeeper } = compose.services;
    expect(postgres?.healthcheck?.test).toContain('pg_isready');
    expect(rollkeeper?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(postgres?.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });

  it('sets only keys that exist', () => {
    const example = read('.env.example').text;
    for (const key of Object.keys(compose.services['rollkeeper']?.environment ?? {})) {
      expect(example).toContain(`${key}=`);
    }
  });
});

describe('.ci/run', () => {
  it("is exactly the README's test command on a fresh clone", () => {
    expect(read('.ci/run').text).toMatch(/^npm ci && npm test$/m);
  });
});
