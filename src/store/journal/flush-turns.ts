/**
 * One flush of the journal: all turns are stored by one statement, and those that were not stored are examined by one more. It owns
 * the shape of the parameters; flush-lane.ts owns which turns share a flush, and what happens when it fails.
 */
import type { ClientBase } from 'pg';
import { Conflict } from '../../domain/errors.ts';
import { sql } from '../sql.ts';
import { taskKey, type Turn } from './turn-writer.ts';

const flushText = sql('flush-turns');
const examineText = sql('examine-refused-turns');

/**
 * Stores the turns, each on its own condition and those of one task in their order, in one transaction.
 * @returns one entry per turn: null when it is durable, by this flush or by an earlier attempt of the same record.
 * @throws the connection's error; then the outcome is unknown, and calling again with the same turns is safe.
 */
export async function flushTurns(
  client: ClientBase,
  owner: string,
  turns: readonly Turn[],
): Promise<(Conflict | null)[]> {
  const { rows } = await client.query<{ n: number }>({
    name: 'flush-turns',
    text: flushText,
    values: [
      turnsJson(turns),
      alertsJson(turns),
      answersJson(turns),
      [...new Set(turns.map(({ record }) => record.accountId))],
      useJson(turns),
      endedRollsJson(turns),
    ],
  });
  const stored = new Set(rows.map(({ n }) => n));
  const refused = turns.flatMap((turn, n) => (stored.has(n) ? [] : [{ turn, n }]));
  const conflicts =
    refused.length === 0 ? new Map<number, Conflict>() : await examine(client, owner, refused);
  return turns.map((_, n) => conflicts.get(n) ?? null);
}

interface Examined {
  readonly n: number;
  readonly own: boolean;
  readonly version: number | null;
  /** Who may store turns of the task, and in which epoch; null when nobody may. */
  readonly owner: string | null;
  readonly epoch: number | null;
}

/**
 * A statement of its own, because only a new snapshot sees what an earlier attempt committed while the flush was
 * already waiting for its row locks.
 */
async function examine(
  client: ClientBase,
  owner: string,
  refused: readonly { readonly turn: Turn; readonly n: number }[],
): Promise<Map<number, Conflict>> {
  const given = refused.map(({ turn: { record, writer }, n }) => ({
    n,
    account_id: record.accountId,
    task_id: record.taskId,
    expected: record.expectedVersion,
    writer,
  }));
  const { rows } = await client.query<Examined>(examineText, [JSON.stringify(given)]);
  const byPosition = new Map(rows.map((row) => [row.n, row]));
  return new Map(
    refused.flatMap(({ turn, n }) => {
      const row = byPosition.get(n);
      return row?.own === true ? [] : [[n, conflictOf(turn, owner, row)] as const];
    }),
  );
}

function conflictOf({ record, fence }: Turn, owner: string, found: Examined | undefined): Conflict {
  const subject = `Task ${record.taskId}: version ${record.expectedVersion} of ${owner} in epoch ${fence} expected`;
  if (found?.version == null)
    return new Conflict(`${subject}, but account ${record.accountId} has no such task`);
  return new Conflict(
    `${subject}, but version ${found.version} of ${found.owner ?? 'nobody'} in epoch ${found.epoch ?? 0} is stored`,
  );
}

/** Where a turn stands among those of its task in the flush. */
interface Place {
  /** Position of the turn before it. */
  readonly follows: number | null;
  /** Version that the first was made on. */
  readonly basedOn: number;
}

function turnsJson(turns: readonly Turn[]): string {
  const lasts = new Map<string, Place & { readonly n: number }>();
  const places = turns.map((turn, n): Place => {
    const before = lasts.get(taskKey(turn));
    const place = { follows: before?.n ?? null, basedOn: before?.basedOn ?? turn.record.expectedVersion };
    lasts.set(taskKey(turn), { ...place, n });
    return place;
  });
  const texts = turns.map((turn, n) => {
    const { follows, basedOn } = places[n] as Place;
    const isLast = lasts.get(taskKey(turn))?.n === n;
    return turnJson(turn, { n, follows, is_last: isLast, based_on: basedOn });
  });
  return `[${texts.join(',')}]`;
}

/** Event and snapshot are inserted as texts, because Postgres keeps a nested json value byte for byte. */
function turnJson({ record, writer, fence }: Turn, place: object): string {
  const head = JSON.stringify({
    ...place,
    fence,
    account_id: record.accountId,
    task_id: record.taskId,
    expected: record.expectedVersion,
    at_ms: record.atMs,
    path: record.path,
    state: record.state,
    phase: record.phase,
    writer,
    machine: record.machine,
    roll_part: record.rollPart,
  });
  return `${head.slice(0, -1)},"event":${nested(record.eventJson)},"snapshot":${nested(record.snapshotJson)}}`;
}

/** Postgres drops spaces around a nested value and fails to unescape some characters; such a text is sent as a string. */
const nested = (json: string): string => (isOnlySafeAsText.test(json) ? JSON.stringify(json) : json);
const isOnlySafeAsText = /^\s|\s$|\\u(?:0000|d[89a-f])/i;

/** Figures may hold texts of the exchange, with any characters. */
function alertsJson(turns: readonly Turn[]): string {
  const alerts = turns.flatMap(({ record }, n) =>
    record.alerts.map(({ severity, code, figures }, i) => {
      const head = JSON.stringify({ n, i, severity, code });
      return `${head.slice(0, -1)},"figures":${nested(JSON.stringify(figures))}}`;
    }),
  );
  return `[${alerts.join(',')}]`;
}

const answersJson = (turns: readonly Turn[]): string =>
  JSON.stringify(
    turns.flatMap(({ record }, n) =>
      record.answers.map(({ commandId, status, text }) => ({
        n,
        command_id: commandId,
        status,
        text: storable(text),
      })),
    ),
  );

const useJson = (turns: readonly Turn[]): string =>
  JSON.stringify(
    turns.flatMap(({ record }, n) =>
      (record.use ?? []).map(({ atMs, rolls, debit, notional, orders }) => ({
        n,
        at_ms: atMs,
        rolls,
        debit,
        notional,
        orders,
      })),
    ),
  );

function endedRollsJson(turns: readonly Turn[]): string {
  const rolls = turns.flatMap(({ record: { endedRoll } }, n) => {
    if (endedRoll === undefined) return [];
    const { rollId, lockedVersion, fromSymbol, toSymbol, indexPrice, outcome, summary } = endedRoll;
    const head = JSON.stringify({
      n,
      roll_id: rollId,
      locked_version: lockedVersion,
      from_symbol: fromSymbol,
      to_symbol: toSymbol,
      index_price: indexPrice,
      outcome,
    });
    return [summary === null ? head : `${head.slice(0, -1)},"summary":${nested(JSON.stringify(summary))}}`];
  });
  return `[${rolls.join(',')}]`;
}

/** Replaces NUL and half a surrogate pair, which Postgres cannot store: a text for people must not block a turn. */
export const storable = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\uFFFD');
