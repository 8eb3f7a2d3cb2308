/** axe-core in the page that is shown: what it finds that keeps people out. */
import { readFileSync } from 'node:fs';
import { packageFile } from '../../../src/files/package-files.ts';
import type { Page } from './open-browser.ts';

const source = readFileSync(packageFile('node_modules/axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** @returns a sentence for each rule that is broken seriously or critically, with the elements that break it */
export async function barriersIn(page: Page): Promise<readonly string[]> {
  // From outside the page, whose policy lets no other script in.
  await page.evaluate(source);
  const { violations } = await page.evaluate<{ violations: readonly Found[] }>('axe.run(document)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, help, nodes }) => {
      const where = nodes
        .slice(0, 3)
        .map(({ html, failureSummary = '' }) => `${html.slice(0, 200)} ${failureSummary}`);
      return `${impact ?? ''} ${id} (${nodes.length}): ${help}\n${where.join('\n')}`;
    });
}
