/** The version in `package.json`. Imports no package, because `--version` is answered before any is loaded. */
import { readFileSync } from 'node:fs';
import { packageFile } from './package-files.ts';

export const version = (): string =>
  (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string }).version;
