/** The version of this package, read from where it is kept; without any package, because it is asked for before one is loaded. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../files/package-files.ts';

export const version = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string }).version;
