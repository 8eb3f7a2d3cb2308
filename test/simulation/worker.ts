/** Runs episodes for the simulation in a process of its own: a seed comes in, a result goes out. */
import { Episode } from './episode.ts';
import { planEpisode } from './plan.ts';
import type { World } from './simulation.ts';

process.on('message', ({ at, seed }: World) => {
  void new Episode(planEpisode(seed)).run().then((result) => process.send?.({ at, result }));
});
process.send?.('ready');
