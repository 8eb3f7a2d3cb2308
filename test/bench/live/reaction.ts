/**
 * A daemon, its database and the paper exchange, with a gate in between that sees the tick go to the daemon and the order
 * come from it. Each sample is a task of its own, its trigger one step above the last one's: a price wakes exactly one.
 */
import http from 'node:http';
import { Client } from 'pg';
import { callSymbol, DaemonBench } from '../../support/daemon-bench.ts';
import { openGate } from './gate.ts';

const firstLevel = 23_501;
const createPath = '/v5/order/create';
/** A roll has ended long before, and its sixteen requests leave the address its hundred a second. */
const restMs = 300;
const patienceMs = 10_000;
/** Each account may send ten orders a second. */
const accounts = 4;

export interface Reaction {
  /** From the tick's last byte to the order's first one, ms. */
  reactMs(): Promise<number>;
  /** One commit of a task's row and its journal, then one request to the exchange, done bare, ms. */
  floorMs(): Promise<number>;
  close(): Promise<void>;
}

/** @param samplesMax how often `reactMs` may be asked */
export async function openReaction(samplesMax: number, say: (line: string) => void): Promise<Reaction> {
  const bench = await DaemonBench.open('Sell', { qty: '20', accountsTotal: accounts });
  const watch = {
    tick: '',
    tickMs: Number.NaN,
    createMs: Number.NaN,
    order: (_atMs: number): void => undefined,
  };
  const paperPort = Number(new URL(bench.paper.url).port);
  const gate = await openGate(paperPort, {
    onAnswer: (chunk, atMs) => {
      if (watch.tick !== '' && chunk.includes(watch.tick)) watch.tickMs = atMs;
    },
    onRequest: (chunk, atMs) => {
      // Its first byte counts; whether it closes or opens is said further on.
      if (chunk.includes(`POST ${createPath}`)) watch.createMs = atMs;
      if (chunk.includes('"orderLinkId":"close-')) watch.order(watch.createMs);
    },
  });
  bench.startDaemon({
    BYBIT_REST_URL: `http://127.0.0.1:${gate.port}`,
    BYBIT_WS_URL: `ws://127.0.0.1:${gate.port}`,
    LOG_LEVEL: 'warn',
  });
  for (let at = 0; at < samplesMax; at += 1)
    await bench.addTask({
      qty: '0.01',
      trigger: firstLevel + at,
      execution: { style: 'cross' },
      symbol: callSymbol,
    });
  say(`${samplesMax} tasks wait`);
  const floor = await openFloor(bench, gate.port);
  let samples = 0;
  return {
    reactMs: async () => {
      const price = firstLevel + samples;
      samples += 1;
      const ordered = new Promise<number>((resolve, reject) => {
        watch.order = resolve;
        setTimeout(
          () => reject(new Error(`no order after the price of ${price}\n${bench.logs()}`)),
          patienceMs,
        );
      });
      watch.tick = `"indexPrice":"${price.toFixed(2)}"`;
      bench.paper.setIndex('BTC', String(price));
      const reactedMs = (await ordered) - watch.tickMs;
      watch.tick = '';
      await new Promise((resolve) => setTimeout(resolve, restMs));
      return reactedMs;
    },
    floorMs: floor.measure,
    close: async () => {
      await floor.close();
      await gate.close();
      await bench.close();
    },
  };
}

async function openFloor(bench: DaemonBench, port: number) {
  const client = new Client({ connectionString: bench.database.url });
  await client.connect();
  const agent = new http.Agent({ keepAlive: true });
  await client.query(
    `INSERT INTO tasks (account_id, id, version, owner, state, spec, snapshot)
     SELECT account_id, 'floor', 1, 'nobody', 'COMPLETED', spec, snapshot FROM tasks LIMIT 1`,
  );
  const commit = `WITH moved AS (
      UPDATE tasks SET version = version + 1 WHERE id = 'floor' RETURNING account_id, id, version, snapshot
    )
    INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
    SELECT account_id, id, version, 0, '', '{}', 'COMPLETED', snapshot, 'floor' FROM moved`;
  return {
    measure: async (): Promise<number> => {
      const startedMs = performance.now();
      await client.query({ name: 'floor', text: commit });
      await post(port, agent);
      return performance.now() - startedMs;
    },
    close: async () => {
      agent.destroy();
      await client.end();
    },
  };
}

/** An order without a signature is refused at once: it costs a request and nothing else. */
function post(port: number, agent: http.Agent): Promise<void> {
  const body = JSON.stringify({ category: 'option', symbol: callSymbol, side: 'Buy', orderType: 'Limit' });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const path = '/v5/order/none';
    const sent = http.request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
