/** What of this package the daemon gives out: its version, and the built page. */
import { fileURLToPath } from 'node:url';
import { packageFile } from '../files/package-files.ts';

export { version } from '../files/version.ts';

/** Where `npm run build` puts the page; there may be none. */
export const pageDirectory = (): string => fileURLToPath(packageFile('dist/dashboard/'));
