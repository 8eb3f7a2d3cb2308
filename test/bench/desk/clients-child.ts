/** The process of the clients of a bench: reads over connections that stay open, and streams of events, so that they share no thread. */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { obeyParent } from '../../support/commanded-process.ts';
import type { ClientCommands, Reading, ReadTally, Subscribing } from './clients-words.ts';

const steadyEveryMs = 10;
const patienceMs = 20_000;

/** Since epoch, finer than a millisecond. */
const nowMs = (): number => performance.timeOrigin + performance.now();

class Reader {
  readonly #agent: http.Agent;
  readonly #reading: Reading;
  readonly #beganMs = performance.now();
  #asked = 0;
  #done = 0;
  #failed = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: reading.connections });
  }

  ask(): Promise<void> {
    const { url, token, paths } = this.#reading;
    const path = paths[(this.#asked += 1) % paths.length] ?? '';
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}` };
      const request = http.get(`${url}${path}`, { agent: this.#agent, headers }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode === 200) this.#done += 1;
          else this.#failed += 1;
          resolve();
        });
      });
      request.on('error', () => {
        this.#failed += 1;
        resolve();
      });
    });
  }

  tally(): ReadTally {
    return { done: this.#done, failed: this.#failed, tookMs: performance.now() - this.#beganMs };
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** One open stream; it looks for nothing but prices. */
class Stream {
  readonly #wanted: Map<string, (atMs: number) => void> = new Map();
  #request: http.ClientRequest | null = null;
  #rest = '';

  open(url: string, token: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}` };
      this.#request = http.get(`${url}/api/events`, { agent: false, headers }, (answer) => {
        if (answer.statusCode !== 200)
          reject(new Error(`a stream was refused with ${String(answer.statusCode)}`));
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          this.#take(chunk);
          resolve();
        });
        answer.on('error', () => undefined);
      });
      this.#request.on('error', reject);
    });
  }

  arrival(index: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the price ${index} did not come`)), patienceMs);
      this.#wanted.set(`"index":"${index}"`, (atMs) => {
        clearTimeout(late);
        resolve(atMs);
      });
    });
  }

  deafen(): void {
    this.#request?.socket?.pause();
  }

  close(): void {
    this.#request?.destroy();
  }

  #take(chunk: string): void {
    const text = this.#rest + chunk;
    for (const [wanted, resolve] of this.#wanted) {
      if (!text.includes(wanted)) continue;
      this.#wanted.delete(wanted);
      resolve(nowMs());
    }
    this.#rest = text.slice(text.lastIndexOf('\n\n') + 2);
  }
}

function commands(): ClientCommands {
  let steady: { readonly reader: Reader; readonly timer: NodeJS.Timeout } | null = null;
  const streams: Stream[] = [];
  let listening: readonly Stream[] = [];
  return {
    read: async (reading, durationMs) => {
      const reader = new Reader(reading);
      const endMs = performance.now() + durationMs;
      const asking = Array.from({ length: reading.connections }, async () => {
        while (performance.now() < endMs) await reader.ask();
      });
      await Promise.all(asking);
      const tally = reader.tally();
      reader.close();
      return tally;
    },
    readSteadily: (reading, perSecond) => {
      const reader = new Reader(reading);
      const beganMs = performance.now();
      let asked = 0;
      const timer = setInterval(() => {
        const due = ((performance.now() - beganMs) / 1_000) * perSecond;
        for (; asked < due; asked += 1) void reader.ask();
      }, steadyEveryMs);
      steady = { reader, timer };
    },
    stop: () => {
      if (!steady) throw new Error('nothing is read');
      clearInterval(steady.timer);
      const tally = steady.reader.tally();
      steady.reader.close();
      steady = null;
      return tally;
    },
    subscribe: async ({ url, tokens, total, deaf }: Subscribing) => {
      for (let at = 0; at < total; at += 1) {
        const stream = new Stream();
        await stream.open(url, tokens[at % tokens.length] ?? '');
        streams.push(stream);
      }
      await sleep(100);
      for (const stream of streams.slice(0, deaf)) stream.deafen();
      listening = streams.slice(deaf);
    },
    arrivals: (index) => Promise.all(listening.map((stream) => stream.arrival(index))),
    unsubscribe: () => {
      for (const stream of streams.splice(0)) stream.close();
      listening = [];
    },
  };
}

obeyParent(commands());
