/** Finds the files of this package (migrations, queries, tapes, the program itself), from its sources or compiled. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** True only in tests and during development. */
export const runsFromSource = import.meta.url.endsWith('.ts');

const root = rootAbove(new URL('.', import.meta.url));

/** @param path from the package's root, like `migrations/` @returns its `file:` URL */
export const packageFile = (path: string): URL => new URL(path, root);

/** The path of what Node runs for `rollkeeper`. */
export const compiledProgram = fileURLToPath(packageFile('dist/rollkeeper.js'));

function rootAbove(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const above = new URL('..', folder);
  if (above.href === folder.href) throw new Error(`no package.json above ${import.meta.url}`);
  return rootAbove(above);
}
