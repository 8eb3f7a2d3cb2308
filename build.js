/**
 * Builds what users run: plain JavaScript in `dist/`, with source maps, of everything under `src/` and `machines/`. What
 * a command needs later than at its start is a file of its own, loaded when it is needed. Packages stay packages. The page goes
 * to `dist/dashboard`, with its packages in it, and each of its files compressed beside itself, as it is sent.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import { build } from 'esbuild';
import { build as buildPage } from 'vite';

const outdir = fileURLToPath(new URL('dist/', import.meta.url));

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: {
    rollkeeper: 'src/cli/shell/bin.ts',
    'sweep-worker': 'src/backtest/sweep-worker.ts',
    'job-worker': 'src/backtest/job-worker.ts',
    'layout-worker': 'src/drawing/layout-worker.ts',
    'calendar-worker': 'src/files/calendar-worker.ts',
  },
  outdir,
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
});
await buildPage({
  configFile: fileURLToPath(new URL('src/dashboard/vite.config.ts', import.meta.url)),
  logLevel: 'warn',
});
const page = new URL('dist/dashboard/', import.meta.url);
const files = await readdir(page, { recursive: true });
await Promise.all(
  files
    .filter((file) => /\.(js|css|html|svg|json)$/.test(file))
    .map(async (file) => {
      const path = fileURLToPath(new URL(file, page));
      const content = await readFile(path);
      await writeFile(`${path}.br`, await promisify(brotliCompress)(content));
      await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }));
    }),
);
