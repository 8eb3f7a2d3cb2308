/** Where the files of this package are, run from its sources or compiled: migrations, queries, tapes, the program itself. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The sources are run by tests and while developing only. */
export const runsFromSource = import.meta.url.endsWith('.ts');

const root = rootAbove(new URL('.', import.meta.url));

/** @param path from the package's root, like `migrations/`; as an address of the scheme `file:` */
export const packageFile = (path: string): URL => new URL(path, root);

/** The path of what Node runs for `rollkeeper`. */
export const compiledProgram = fileURLToPath(packageFile('dist/rollkeeper.js'));

function rootAbove(folder: URL): URL {
  if (existsSync(new URL('package.json', folder))) return folder;
  const above = new URL('..', folder);
  if (above.href === folder.href) throw new Error(`no package.json above ${import.meta.url}`);
  return rootAbove(above);
}
