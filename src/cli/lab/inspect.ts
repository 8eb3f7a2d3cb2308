/** `rollkeeper inspect`: plays a journal again in the Stately inspector, for people to watch. */
import { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { operator } from '../../application/caller.ts';
import { journalPages } from '../../application/journal-pages.ts';
import { listJournals } from '../../application/list-journals.ts';
import { Replay } from '../../replay/replay.ts';
import { BadInput } from '../../domain/errors.ts';
import { sealedText } from '../../domain/explain/sealed-text.ts';
import { Narrator, type Watcher } from '../../telemetry/inspector/narrator.ts';
import { inspectorPort, InspectorRelay, relayUrl } from '../../telemetry/inspector/relay.ts';
import { InspectorSource } from '../../telemetry/inspector/source.ts';
import { withStore, type OpenStore } from '../shell/database.ts';
import { portOf } from '../shell/inspector-port.ts';
import { openSession, type CommonOptions, type Session } from '../shell/session.ts';
import { typedCommand } from '../shell/output.ts';

interface InspectCliOptions extends CommonOptions {
  readonly port: string;
  readonly speed: string;
  readonly pauseMax: string;
}

export const inspectCommand = (): Command =>
  new Command('inspect')
    .description('Show what a task went through in the Stately inspector, at a chosen speed')
    .argument('<task>', 'its id, or as much of it as is unique')
    .option(
      '--port <port>',
      'port of the inspector on 127.0.0.1; a running inspector there is used',
      String(inspectorPort),
    )
    .option('--speed <times>', 'how many times as fast as it happened', '60')
    .option('--pause-max <seconds>', 'the longest wait between two rows', '2')
    .addHelpText('after', help)
    .action(async (given: string, options: InspectCliOptions) => {
      const pace = {
        speed: positive('--speed', options.speed),
        pauseMaxS: positive('--pause-max', options.pauseMax),
      };
      const port = portOf(options.port, '--port') ?? inspectorPort;
      const session = openSession(options);
      await withStore(session, async (store) => {
        const [journal] = await listJournals(operator, store, given);
        const { taskId, rows: rowsTotal } = journal ?? { taskId: given, rows: 0 };
        const stage = await openStage(port, session);
        try {
          session.out.record({ taskId, rows: rowsTotal, url: stage.url });
          session.out.say(`${rowsTotal} rows are played as soon as a watcher attaches: ${stage.url}`);
          await stage.source.watched();
          const rows = await play(store, taskId, { pace, source: stage.source, log: session.log });
          session.out.record({ taskId, played: rows });
          session.out.say(`${rows} rows played.`);
        } finally {
          await stage.close();
        }
      });
    });

interface Stage {
  readonly url: string;
  readonly source: InspectorSource;
  close(): Promise<void>;
}

/** The relay that is already open at the port, like a running daemon's, or else a new one. */
async function openStage(port: number, { log }: Session): Promise<Stage> {
  const found = port === 0 ? null : await InspectorSource.connect(relayUrl(port));
  if (found) return { url: relayUrl(port), source: found, close: () => found.close() };
  const own = await InspectorRelay.open({ port, log, option: '--port' });
  const source = await InspectorSource.connect(own.url);
  if (!source) throw new Error(`the inspector at ${own.url} does not answer`);
  return {
    url: own.url,
    source,
    close: async () => {
      await source.close();
      await own.close();
    },
  };
}

interface Pace {
  readonly speed: number;
  readonly pauseMaxS: number;
}

interface Showing {
  readonly pace: Pace;
  readonly source: InspectorSource;
  readonly log: Session['log'];
}

/** @returns how many rows were shown @throws Error when the journal does not replay or the inspector has closed */
async function play(
  store: Pick<OpenStore, 'tasks' | 'sealedFiles'>,
  taskId: string,
  { pace, source, log }: Showing,
): Promise<number> {
  let atMs = 0;
  const everything: Watcher = { only: null, known: new Set(), send: (text) => source.send(text) };
  const narrator = new Narrator({ watchers: new Set([everything]), nowMs: () => atMs, log });
  const replay = new Replay({
    inspect: (event) => narrator.see(`journal of ${taskId}`, event),
  });
  for await (const part of journalPages(operator, store, { taskId })) {
    if (replay.result.mismatch) break;
    if (part.kind === 'sealed') {
      log.warn(
        { problem: part.problem },
        `Task ${taskId}: ${sealedText([part.part])}; what follows is shown`,
      );
      replay.goOnAfter(part.last);
      continue;
    }
    for (const row of part.rows) {
      if (!source.isOpen) throw new Error('the inspector was closed before the end of the journal');
      if (atMs > 0) await sleep(pauseBefore(row.atMs - atMs, pace));
      atMs = row.atMs;
      if (!replay.feed([row])) break;
      narrator.flush();
    }
  }
  replay.stop();
  const { rows, mismatch } = replay.result;
  if (mismatch)
    throw new Error(
      `the machines of this program differ from the journal at version ${mismatch.version}: ` +
        `${typedCommand(`rollkeeper replay ${taskId}`)} shows where`,
    );
  return rows;
}

const pauseBefore = (sinceLastMs: number, { speed, pauseMaxS }: Pace): number =>
  Math.min(Math.max(0, sinceLastMs) / speed, pauseMaxS * 1_000);

function positive(option: string, text: string): number {
  const value = Number(text);
  if (value > 0) return value;
  throw new BadInput('The journal cannot be played', [
    { path: option, found: text, expected: 'a number above 0' },
  ]);
}

const help = `
It waits until a browser opens the inspector, plays the journal, and ends. Nothing is changed and nothing is sent to the
exchange. When a daemon's inspector is open at that port, the journal is shown there, beside the daemon's machines.

Examples:
  rollkeeper inspect k7m2p9qx4d
  rollkeeper inspect k7m2p9qx4d --speed 1 --pause-max 60     in real time
  rollkeeper inspect k7m2p9qx4d --pause-max 0.05             quickly, to go back afterwards to what is interesting

Exit codes: 0 played · 1 the journal does not replay, or the inspector was closed · 2 no such task or port`;
