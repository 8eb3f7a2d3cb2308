/**
 * Loaded into a daemon before its own code (`node --import`): reports, every so often, what the process holds after a
 * forced collection and how late its timers were. Plain JavaScript, because no loader is there yet. One line of stdout
 * a sample: `probe {...}`. Its own collections are not counted as lag.
 */
import { EventEmitter } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const everyMs = Number(new URL(import.meta.url).searchParams.get('everyMs'));
const resolutionMs = 5;

setFlagsFromString('--expose-gc');
/** @type {() => void} */
const collect = runInNewContext('gc');

/** Every emitter, noted where it is made; one that was collected drops out at the next sample. */
let emitters = [];
const init = EventEmitter.init;
EventEmitter.init = function initNoted(options) {
  emitters.push(new WeakRef(this));
  return init.call(this, options);
};

function countListeners() {
  const alive = emitters.flatMap((reference) => reference.deref() ?? []);
  emitters = alive.map((emitter) => new WeakRef(emitter));
  let listeners = 0;
  for (const emitter of [process, ...alive])
    for (const name of emitter.eventNames()) listeners += emitter.listenerCount(name);
  return listeners;
}

const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

setInterval(() => {
  delay.disable();
  const lagMs = delay.percentile(99) / 1e6 - resolutionMs;
  const resources = process.getActiveResourcesInfo().length;
  collect();
  collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  const sample = {
    atMs: performance.now(),
    heapBytes: heapUsed + external,
    rssBytes: rss,
    lagMs,
    resources,
    listeners: countListeners(),
  };
  process.stdout.write(`probe ${JSON.stringify(sample)}\n`);
  delay.reset();
  delay.enable();
}, everyMs).unref();
