/**
 * What every peer does alike: many machines at once, each making its next transition when the last one is durable, counted
 * for some seconds at each load. The peer is warm before anything counts, as the side it is compared with is: cold, it
 * makes half as many. And it lives no longer than the bench that started it, however that ends.
 * Arguments: folder of the packages, place of the data, snapshot, seconds, numbers of machines. Prints JSON.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const [folder, place, snapshot, seconds, ...loads] = process.argv.slice(2);

/** Finds the packages of the peers, which are no dependencies of the project. */
export const requirePeer = createRequire(join(folder, 'package.json'));

const settleMs = 1_500;
const warmUp = { machines: 50, ms: Number(seconds) * 1_500 };

/**
 * @param run starts so many machines, adds one to `spell.transitions` for each durable transition, ends them when
 * `spell.isOver`, and resolves when all have ended
 */
export async function tellSpeeds(run) {
  await speedAt(run, warmUp.machines, warmUp.ms);
  const perSecond = {};
  for (const load of loads) perSecond[load] = await speedAt(run, Number(load), Number(seconds) * 1_000);
  console.log(JSON.stringify(perSecond));
}

async function speedAt(run, machines, ms) {
  const spell = { transitions: 0, isOver: false };
  const ended = run(machines, spell);
  // An error is reported at once.
  await Promise.race([sleep(settleMs), ended]);
  const [before, startedMs] = [spell.transitions, performance.now()];
  await Promise.race([sleep(ms), ended]);
  const perSecond = ((spell.transitions - before) * 1_000) / (performance.now() - startedMs);
  spell.isOver = true;
  await ended;
  return perSecond;
}

const end = () => process.exit(1);
process.on('SIGTERM', end);
process.on('SIGINT', end);
process.stdin.on('end', end).resume();
