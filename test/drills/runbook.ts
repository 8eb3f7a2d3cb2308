/** Makes the runbook of the descriptions of the drills. */
import { format } from 'prettier';
import { databaseDrills } from './database-drills.ts';
import type { Drill, Place, Sight } from './drill.ts';
import { exchangeDrills } from './exchange-drills.ts';
import { orderDrills } from './order-drills.ts';
import { processDrills } from './process-drills.ts';

export const chapters: readonly { readonly title: string; readonly drills: readonly Drill<never>[] }[] = [
  { title: 'The database', drills: databaseDrills },
  { title: 'The exchange and the way to it', drills: [...exchangeDrills, ...orderDrills] },
  { title: 'The daemon itself', drills: processDrills },
];

const places: Readonly<Record<Place, string>> = {
  log: 'Log',
  alert: 'Alert',
  ready: '`/readyz`, `rollkeeper health --ready`',
  doctor: '`rollkeeper doctor`',
  status: '`rollkeeper status`',
};

const sightText = ({ at, says }: Sight): string => `- ${places[at]}: \`${says}\``;

const drillText = (drill: Drill<never>): string => `### ${drill.title}

${drill.happens}

**What is seen**

${drill.sees.length === 0 ? 'Nothing.' : drill.sees.map(sightText).join('\n')}
${drill.mended.length === 0 ? '' : `\nand once it is over\n\n${drill.mended.map(sightText).join('\n')}\n`}
**What mends itself.** ${drill.mendsItself}

**What needs a hand.** ${drill.needsAHand}

Drill: \`npm run drill -- ${drill.name}\`
`;

const head = `# When something goes wrong

Made by \`npm run runbook\` of the drills in \`test/drills/\`: each of them is played on a real daemon in every run of the tests, which waits for the words below and then for
a complete roll of two orders. \`…\` stands for what differs. Where nothing else is said the daemon need not be restarted. What the log and
the alerts mean in general is in [Running it](docs/operations.md#log-and-alerts).
`;

export const runbook = (): Promise<string> =>
  format(
    [head, ...chapters.map(({ title, drills }) => [`## ${title}`, ...drills.map(drillText)].join('\n\n'))]
      .join('\n\n')
      // The page lies in docs/ itself.
      .replaceAll('](docs/', ']('),
    { parser: 'markdown', printWidth: 112, proseWrap: 'preserve' },
  );
