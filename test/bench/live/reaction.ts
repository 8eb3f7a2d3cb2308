/**
 * A daemon with tasks whose triggers lie one step apart, so that a price wakes exactly one; and beside it the floor: one
 * commit and one request, done bare against the same database and the same exchange.
 */
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Daemons } from './daemons.ts';
import type { Reaction } from './exchange-words.ts';
import { keyPrefix, openInstallation, taskQty, type Installation } from './installation.ts';

const firstLevel = 23_501;
/** Each account may send ten orders a second. */
const accounts = 4;
/** From one price to the next, so that their requests leave the address its hundred a second. */
const restMs = 200;
const patienceMs = 20_000;

export interface ReactionFixture {
  readonly installation: Installation;
  /** Moves the price and measures the reaction; resolves when the roll is done. */
  react(): Promise<Reaction>;
  /** One commit of a task's row and its journal, done bare, ms. */
  commitMs(): Promise<number>;
  /** Such a commit, then one request to the exchange, ms. */
  floorMs(): Promise<number>;
  close(): Promise<void>;
}

export interface ReactionOptions {
  /** How often `react` may be asked. */
  readonly samplesMax: number;
  /** As of an installation. */
  readonly awayMs?: number;
  /** Of the daemon, beside what it needs. */
  readonly environment?: Readonly<Record<string, string>>;
}

export async function openReaction({
  samplesMax,
  awayMs = 0,
  environment = {},
}: ReactionOptions): Promise<ReactionFixture> {
  const tasksEach = Math.ceil(samplesMax / accounts);
  const levelOf = (at: number): number => firstLevel + at;
  const installation = await openInstallation({ accounts, tasksEach, levelOf, awayMs });
  const { exchange, daemons, until } = installation;
  try {
    daemons.start({ environment: { READ_AHEAD_OPTIONS: '150', ...environment } });
    await untilAdopted(installation);
    const floor = await openFloor(installation.databaseUrl, Number(new URL(exchange.url).port));
    let samples = 0;
    return {
      installation,
      react: async () => {
        const accepted = await exchange.ask('ordersAccepted');
        const reaction = await soon(exchange.ask('react', String(firstLevel + samples)), daemons);
        samples += 1;
        await until(
          async () => ((await exchange.ask('ordersAccepted')) < accepted + 2 ? null : reaction),
          () => 'leg 2 was not opened',
        );
        await sleep(restMs);
        return reaction;
      },
      commitMs: floor.commitMs,
      floorMs: floor.commitAndRequestMs,
      close: async () => {
        await floor.close();
        await installation.close();
      },
    };
  } catch (error) {
    await installation.close();
    throw error;
  }
}

function soon<T>(work: Promise<T>, daemons: Daemons): Promise<T> {
  const late = sleep(patienceMs, null, { ref: false }).then(() => {
    throw new Error(`no order came of a price\n${daemons.story}`);
  });
  return Promise.race([work, late]);
}

function untilAdopted({ query, until }: Installation): Promise<object> {
  let left = 0;
  return until(
    async () => {
      const [row] = await query<{ left: number }>(
        `SELECT count(*)::int AS left FROM tasks WHERE owner = 'nobody'`,
      );
      left = row?.left ?? 0;
      return left === 0 && row ? row : null;
    },
    () => `${left} tasks are not adopted`,
  );
}

async function openFloor(databaseUrl: string, port: number) {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const agent = new http.Agent({ keepAlive: true });
  await client.query(
    `INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine)
     SELECT account_id, 'floor', 1, 'floor', 'COMPLETED', 'over', spec, snapshot, machine FROM tasks LIMIT 1`,
  );
  const commit = `WITH moved AS (
      UPDATE tasks SET version = version + 1 WHERE id = 'floor' RETURNING account_id, id, version, snapshot
    )
    INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
    SELECT account_id, id, version, 0, '', '{}', 'COMPLETED', snapshot, 'floor' FROM moved`;
  const commitMs = async (): Promise<number> => {
    const startedMs = performance.now();
    await client.query({ name: 'floor', text: commit });
    return performance.now() - startedMs;
  };
  return {
    commitMs,
    commitAndRequestMs: async (): Promise<number> => {
      const startedMs = performance.now();
      await commitMs();
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
  const body = JSON.stringify({ category: 'option', symbol: keyPrefix, side: 'Buy', qty: taskQty });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const path = '/v5/order/create';
    const sent = http.request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', resolve);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
