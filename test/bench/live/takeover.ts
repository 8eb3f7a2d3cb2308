/**
 * A daemon is killed in the middle of a herd, and others take over its tasks: how long until they own all of them, and
 * until every roll that it had begun to trade has made its next step.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from './daemons.ts';
import type { Herd } from './herd.ts';

export interface Takeover {
  /** Tasks of the killed daemon, and how many of them it had begun to trade. */
  readonly tasks: number;
  readonly begun: number;
  /** From SIGKILL on. */
  readonly ownedMs: number;
  readonly movedMs: number;
}

/** Of the old legs: with so many sent, every daemon has rolls in every state. */
const killAfterShare = 0.2;

/** Wakes the herd, kills `victim` while it rolls, and waits until every roll is done: `Herd` sees to it that none is twice. */
export async function takeOver(herd: Herd, victim: Daemon): Promise<Takeover> {
  const { query, exchange, daemons, until } = herd.installation;
  const before = await exchange.ask('ordersAccepted');
  const tallyNow = await herd.wake();
  while ((await exchange.ask('ordersAccepted')) - before < herd.tasks * killAfterShare) await sleep(1);
  await daemons.kill(victim);
  const killedMs = performance.now();
  const left = await query<{ id: string; state: string; version: number }>(
    `SELECT id, state, version FROM tasks JOIN account_fences USING (account_id) WHERE split_part(account_fences.owner, '/', 1) = $1`,
    [victim.name],
  );
  // The others have not begun: they wait for their turn in the herd under any daemon.
  const begun = left.filter(({ state }) => !/^(IDLE|ROLL_INITIATED\.planning)/.test(state));
  const untilNone = (text: string, value: string): Promise<number> => {
    let missing = 0;
    return until(
      async () => {
        const [row] = await query<{ missing: number }>(text, [value]);
        missing = row?.missing ?? 0;
        return missing === 0 ? performance.now() - killedMs : null;
      },
      () => `${missing} tasks are left behind`,
    );
  };
  const ownedMs = await untilNone(
    `SELECT count(*)::int AS missing FROM tasks JOIN account_fences USING (account_id) WHERE split_part(account_fences.owner, '/', 1) = $1`,
    victim.name,
  );
  // The adoption itself is one version.
  const movedMs = await untilNone(
    `SELECT count(*)::int AS missing FROM json_to_recordset($1::json) AS left_behind (id text, version int)
     JOIN tasks USING (id) WHERE tasks.version < left_behind.version + 2`,
    JSON.stringify(begun),
  );
  await herd.untilRolled(tallyNow);
  return { tasks: left.length, begun: begun.length, ownedMs, movedMs };
}
