/**
 * `rollkeeper demo`: three weeks of real prices, two positions, every part real but the money. Sets the stage, follows
 * the story until the tape has ended and every roll is done, and says whether exchange and database agree.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { jsonScreen, peopleScreen, type Screen } from './demo/screen.ts';
import { setStage, type Stage } from './demo/stage.ts';
import { Story } from './demo/story.ts';
import { summarizeDemo, type DemoSummary } from './demo/summary.ts';
import { openSession, type CommonOptions } from './session.ts';

const pollMs = 150;
/** How long rolls may go on after the tape's last minute. */
const endingTimeoutMs = 20_000;

export const demoCommand = (): Command =>
  new Command('demo')
    .description('play three weeks of real prices against two positions, on paper, in about a minute')
    .addHelpText('after', help)
    .action(async (options: CommonOptions) => {
      const { log } = openSession(options, { encryptionKey: false });
      const screen = options.json
        ? jsonScreen((line) => process.stdout.write(`${line}\n`))
        : peopleScreen(process.stdout);
      const dataDir = options.data ?? (await mkdtemp(join(tmpdir(), 'rollkeeper-demo-')));
      try {
        const stage = await setStage({ dataDir, log, onStep: (text) => screen.step(text) });
        const summary = await play(stage, screen, options.data ?? null).finally(() => stage.close());
        process.exitCode = isGood(summary) ? 0 : 1;
      } finally {
        screen.end();
        if (options.data === undefined) await rm(dataDir, { recursive: true, force: true });
      }
    });

async function play(stage: Stage, screen: Screen, dataDir: string | null): Promise<DemoSummary> {
  const startedMs = performance.now();
  const { player } = stage.paper;
  const story = new Story(stage.store, stage.taskIds);
  player.start();
  for (let leftMs = endingTimeoutMs; leftMs > 0;) {
    for (const event of await story.read()) screen.event(event);
    screen.progress(player.progress(), player.nowMs(), story);
    const isOver = player.progress().mode === 'ended';
    if (isOver) leftMs -= pollMs;
    if (isOver && story.tasks().every(({ context }) => context.roll === null)) break;
    await Promise.race([sleep(pollMs), stage.daemon.failed]);
  }
  screen.end();
  const summary = summarizeDemo(stage.paper, stage.apiKey, story, (performance.now() - startedMs) / 1_000);
  await stage.daemon.stop();
  screen.summary(summary, story, dataDir);
  return summary;
}

const isGood = ({ rolls, failed, duplicateOrders, positionsMatch }: DemoSummary): boolean =>
  rolls > 0 && failed === 0 && duplicateOrders === 0 && positionsMatch;

const help = `
A database comes up in a temporary directory (or in --data DIR, where it is kept), the paper exchange plays the real
BTC prices of 1 to 21 March 2023, and the daemon, a process of its own, rolls a short call up and a short put down.
The tape runs fast while nothing happens and in real time while a roll is under way.

Examples:
  rollkeeper demo
  rollkeeper demo --data ./demo        look at it afterwards: rollkeeper task list --data ./demo
  rollkeeper demo --json | tail -1     the summary, for programs

Exit codes: 0 every roll complete, positions match · 1 not so, or the demo could not run`;
