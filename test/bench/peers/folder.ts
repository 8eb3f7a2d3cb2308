/** Where the peers of a comparison are installed: beside the project, never among its dependencies. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const peersFolder = fileURLToPath(new URL('../../../.bench-peers', import.meta.url));

/** Exact, so that a comparison means the same on another day. */
export const peerVersions = {
  '@dbos-inc/dbos-sdk': '5.3.0',
  '@restatedev/restate-sdk': '1.17.2',
  '@restatedev/restate-server': '1.7.12',
  '@restatedev/xstate': '0.5.2',
  xstate: '5.33.3',
} as const;

/** What keeps a bench from comparing with them, or `null`. */
export const missingPeers = (): string | null => {
  const missing = Object.keys(peerVersions).filter(
    (name) => !existsSync(join(peersFolder, 'node_modules', name, 'package.json')),
  );
  return missing.length === 0 ? null : `${missing.join(', ')} not installed; run: npm run bench:setup`;
};
