/**
 * Plays the demo from the first minute of the tape to the last: sets everything up, shows what happens, and compares at the end. With
 * the page it plays slowly and stays until it is interrupted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopSignals } from '../../stop-signals.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { playedToTheEnd, watched } from './programme.ts';
import { jsonScreen, peopleScreen, type Screen } from './screen.ts';
import { setStage, type Stage } from './stage.ts';
import { summarizeDemo, type DemoSummary } from './summary.ts';

const pollMs = 150;
/** Together with `pollMs` less than the exchange keeps real time after a request. */
const slowReadMs = 100;
/** When a link has expired unused, another one is shown. */
const linkMs = 295_000;
/** How long the demo waits after the tape's last minute for rolls under way to end. */
const endingTimeoutMs = 20_000;

export interface DemoOptions {
  readonly json: boolean;
  /** Directory that is kept; without it, a temporary one is used and removed. */
  readonly dataDir: string | undefined;
  /** Port of the daemon's inspector; without it, there is none. */
  readonly inspectorPort: number | undefined;
  /** Serves the page at this port of loopback, and plays for people to watch; without it, there is no page. */
  readonly servePort: number | 'usual' | undefined;
  readonly log: Logger;
}

/** @returns the exit code: 0 when every roll is complete and exchange and database agree, 130 when interrupted */
export async function playDemo({
  json,
  dataDir,
  inspectorPort,
  servePort,
  log,
}: DemoOptions): Promise<number> {
  const startedMs = performance.now();
  const screen = json
    ? jsonScreen((line) => process.stdout.write(`${line}\n`))
    : peopleScreen(process.stdout);
  const directory = dataDir ?? (await mkdtemp(join(tmpdir(), 'rollkeeper-demo-')));
  const interruption = catchInterruption();
  try {
    const stage = await setStage({
      programme: servePort === undefined ? playedToTheEnd : watched,
      servePort,
      dataDir: directory,
      inspectorPort,
      log,
      onStep: (text) => screen.step(text),
    });
    try {
      if (servePort !== undefined) {
        await serve(stage, screen, interruption);
        return 0;
      }
      if (!(await follow(stage, screen, interruption))) return 130;
      const summary = await conclude(stage, screen, startedMs);
      screen.summary(summary, stage.story, dataDir ?? null);
      return isGood(summary) ? 0 : 1;
    } finally {
      await stage.close();
    }
  } finally {
    screen.end();
    interruption.forget();
    if (dataDir === undefined) await rm(directory, { recursive: true, force: true });
  }
}

/** Until the tape has ended and no roll is under way any more. @returns false when it was interrupted */
async function follow(stage: Stage, screen: Screen, interruption: Interruption): Promise<boolean> {
  const { player } = stage.paper;
  player.start();
  for (let leftMs = endingTimeoutMs; leftMs > 0;) {
    await showNews(stage, screen);
    if (interruption.happened) return false;
    const isOver = player.progress().mode === 'ended';
    if (isOver && stage.story.tasks().every(({ context }) => context.roll === null)) return true;
    if (isOver) leftMs -= pollMs;
    await nextLook(stage);
  }
  return true;
}

/**
 * Until it is interrupted, also when the tape is over. The tape keeps real time until a browser has signed in, and while a question
 * waits for an answer.
 */
async function serve(stage: Stage, screen: Screen, interruption: Interruption): Promise<void> {
  const { paper, visits } = stage;
  let linkUntilMs = 0;
  let isOver = false;
  paper.player.start();
  while (!interruption.happened) {
    await showNews(stage, screen);
    const hasVisitor = await visits.hasBegun();
    if (!hasVisitor || (await visits.isAsked())) paper.player.touch('request');
    if (!hasVisitor && performance.now() > linkUntilMs) {
      screen.step(`open the desk, once and within five minutes: ${await visits.link()}`);
      linkUntilMs = performance.now() + linkMs;
    }
    if (!isOver && paper.player.progress().mode === 'ended') {
      isOver = true;
      screen.step('the tape is over, the last price stands; Ctrl-C ends the demo');
    }
    await nextLook(stage);
  }
}

/**
 * Shows what was committed, and keeps real time while a roll is under way. Also while the database is slow to answer: the daemon
 * waits for it as well, and the tape would run hours ahead of an order that waits for its row.
 */
async function showNews({ paper: { player }, story }: Stage, screen: Screen): Promise<void> {
  const holding = setTimeout(() => player.hold(true), slowReadMs);
  const events = await story.read().finally(() => clearTimeout(holding));
  player.hold(story.isRolling());
  for (const event of events) screen.event(event);
  screen.progress(player.progress(), player.nowMs(), story);
}

/** @throws Error when the daemon has ended */
const nextLook = ({ daemon }: Stage): Promise<unknown> => Promise.race([sleep(pollMs), daemon.failed]);

/** Stops the daemon, shows what it did at the end, and compares. */
async function conclude(stage: Stage, screen: Screen, startedMs: number): Promise<DemoSummary> {
  await stage.daemon.stop();
  for (const event of await stage.story.read()) screen.event(event);
  screen.end();
  return summarizeDemo(stage, (performance.now() - startedMs) / 1_000);
}

const isGood = ({ rolls, failed, duplicateOrders, positionsMatch }: DemoSummary): boolean =>
  rolls > 0 && failed === 0 && duplicateOrders === 0 && positionsMatch;

interface Interruption {
  readonly happened: boolean;
  forget(): void;
}

/** Ctrl-C, or closing the terminal, ends the demo in order, so that its database and daemon do not keep running. */
function catchInterruption(): Interruption {
  let happened = false;
  const note = (): void => void (happened = true);
  for (const signal of stopSignals) process.on(signal, note);
  return {
    get happened() {
      return happened;
    },
    forget: () => stopSignals.forEach((signal) => void process.off(signal, note)),
  };
}
