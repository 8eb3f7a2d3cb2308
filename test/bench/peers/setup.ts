/** `npm run bench:setup`: installs what Rollkeeper is compared with into `.bench-peers`, without install scripts. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPeers, peersFolder, peerVersions } from './folder.ts';

mkdirSync(peersFolder, { recursive: true });
const manifest = { name: 'rollkeeper-bench-peers', private: true, dependencies: peerVersions };
writeFileSync(join(peersFolder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
const { status } = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
  cwd: peersFolder,
  stdio: 'inherit',
});
const missing = missingPeers();
if (status !== 0 || missing !== null) {
  console.error(missing ?? `npm ended with code ${String(status)}`);
  process.exitCode = 1;
} else console.log(`Installed in ${peersFolder}; now: npm run bench`);
