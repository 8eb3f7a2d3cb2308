/** Runs episodes for the simulation in a process of its own: a seed comes in, a result goes out. */
import { Episode } from './episode.ts';
import { planEpisode } from './plan.ts';

process.on('message', (seed: number) => {
  void new Episode(planEpisode(seed)).run().then((result) => process.send?.({ seed, result }));
});
process.send?.('ready');
