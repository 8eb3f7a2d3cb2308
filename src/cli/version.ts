/** The version of this package, read from where it is kept. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { packageFile } from '../files/package-files.ts';

export const version = (): string =>
  z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile('package.json'), 'utf8')))
    .version;
