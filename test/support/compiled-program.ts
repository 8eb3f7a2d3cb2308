/** The program as users run it, with its page, which tests start as a process: compiled, and from the sources as they are now. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledProgram as path, packageFile } from '../../src/files/package-files.ts';

const newestMs = (folder: string): number =>
  Math.max(
    ...readdirSync(fileURLToPath(packageFile(folder)), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(tsx?|css|html)$/.test(file))
      .map((file) => statSync(join(fileURLToPath(packageFile(folder)), file)).mtimeMs),
  );

const compiledMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (compiledMs < Math.max(newestMs('src/'), newestMs('machines/')))
  throw new Error('dist/ is missing, or older than the sources: npm run build');

export const compiledProgram = path;
