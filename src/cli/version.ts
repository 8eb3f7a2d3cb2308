/** The version of this package, read from where it is kept. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

export const version = (): string =>
  z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;
