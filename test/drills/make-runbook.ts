/** Writes the runbook: `npm run runbook`. */
import { writeFile } from 'node:fs/promises';
import { runbook } from './runbook.ts';

await writeFile(new URL('../../docs/runbook.md', import.meta.url), await runbook());
