/** Shows the torture while it runs, and its result: a bar and a table for people, one line of JSON for programs. */
import { SingleBar } from 'cli-progress';
import { renderTable } from '../../src/cli/shell/output.ts';
import type { Progress, TortureOptions, TortureReport } from './torture.ts';

const plainEvery = 10;

export interface Screen {
  progress(progress: Progress): void;
  end(): void;
}

type Goal = Pick<TortureOptions, 'kills' | 'seed'>;

export function screenFor(out: NodeJS.WriteStream, { kills, seed }: Goal): Screen {
  if (!out.isTTY) return plainScreen(out, { kills, seed });
  const bar = new SingleBar({
    format:
      ' {bar} {value}/{total} kills | {rolls} rolls | {postgresRestarts} Postgres restarts | {socketCuts} sockets cut | {faults} faults',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    stream: out,
  });
  out.write(`seed ${seed}\n`);
  bar.start(kills, 0, { rolls: 0, postgresRestarts: 0, socketCuts: 0, faults: 0 });
  return {
    progress: (now) => bar.update(now.kills, { rolls: now.rolls, ...now.counts }),
    end: () => bar.stop(),
  };
}

/** A line every few kills, for logs. */
function plainScreen(out: NodeJS.WriteStream, { kills, seed }: Goal): Screen {
  let shown = 0;
  out.write(`seed ${seed}\n`);
  return {
    progress: (now) => {
      if (now.kills < shown + plainEvery && now.kills < kills) return;
      shown = now.kills;
      out.write(`${now.kills}/${kills} kills, ${now.rolls} rolls, ${now.counts.faults} faults\n`);
    },
    end: () => undefined,
  };
}

export const isGood = ({ figures, violations, crashes }: TortureReport): boolean =>
  figures.rolls > 0 && violations.length === 0 && crashes.length === 0;

export function resultText(report: TortureReport): string {
  const { figures } = report;
  const table = renderTable(
    ['figure', 'value'],
    Object.entries(figures).map(([name, value]) => [name, String(value)]),
  );
  const verdict = isGood(report)
    ? 'Every roll happened once, completely.'
    : `SOMETHING IS WRONG. Once more with: npm run torture -- --kills ${figures.kills} --seed ${figures.seed}`;
  return [table, '', verdict].join('\n');
}

export function troubleText({ violations, stories, crashes }: TortureReport): string {
  const found = violations.map(({ kind, of, text }) => `${kind} (${of}): ${text}`);
  return [...found, ...crashes, ...stories].join('\n\n');
}
