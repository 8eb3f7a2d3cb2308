/**
 * What happens in one daemon, carried to those that are watched, by NOTIFY: no row is written. All daemons of an environment
 * listen on one channel. Any user of the database can send there, so what arrives is checked; a message that is none of ours
 * is dropped.
 */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { decimalPattern } from '../../domain/money.ts';
import type { ExchangeEnvironment } from '../../ports/directory.ts';
import type { DaemonWord, Happening, LiveRelay, LiveRelayListener } from '../../ports/live.ts';
import type { Listening } from '../commands/listening.ts';
import { describeDatabaseError } from '../database-errors.ts';
import { sql } from '../sql.ts';

/** A notice holds less than 8,000 bytes. */
const bytesMax = 7_800;
/** So many notices in one transaction. */
const noticesMax = 20;
const textMax = 1_000;
/** Of what keeps a daemon from its work: all of it in one notice. */
const problemsMax = 5;
const problemMax = 250;
/** Nobody is asked for longer. */
const forMsMax = 60_000;

const text = z.string().max(textMax * 4);
const atMs = z.number();
const accountId = z.string().regex(/^\d{1,19}$/);
const happening = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('price'), coin: text, index: z.string().regex(decimalPattern), atMs }),
  z.object({ kind: z.literal('feed'), coin: text.nullable(), reason: text.nullable(), atMs }),
  z.object({ kind: z.literal('task'), accountId, taskId: text, version: z.int(), state: text, atMs }),
  z.object({
    kind: z.literal('alert'),
    accountId,
    taskId: text.nullable(),
    severity: z.enum(['info', 'warning', 'critical']),
    text,
    atMs,
  }),
  z.object({ kind: z.literal('halt'), accountId, isHalted: z.boolean(), atMs }),
]);
const notice = z.union([
  z.object({ from: z.string(), askForMs: z.number().positive().max(forMsMax) }),
  z.object({ from: z.string(), happenings: z.array(happening) }),
  z.object({ from: z.string(), hasMissed: z.literal(true) }),
  z.object({ from: z.string(), askStandings: z.literal(true) }),
  z.object({
    from: z.string(),
    standing: z.object({
      daemon: text,
      version: text,
      problems: z.array(text).max(problemsMax),
      tasksHere: z.int(),
    }),
  }),
]);

export interface LiveRelayOptions {
  readonly pool: Pool;
  readonly listening: Listening;
  /** Prices of one exchange mean nothing at another. */
  readonly environment: ExchangeEnvironment;
}

export class PostgresLiveRelay implements LiveRelay {
  readonly #options: LiveRelayOptions;
  readonly #channel: string;
  readonly #from = randomBytes(6).toString('hex');
  /** Every notice of our own begins so. */
  readonly #ownStart = `{"from":"${this.#from}"`;

  constructor(options: LiveRelayOptions) {
    this.#options = options;
    this.#channel = `rollkeeper_live_${options.environment}`;
  }

  async ask(forMs: number): Promise<void> {
    await this.#notify([JSON.stringify({ from: this.#from, askForMs: Math.min(forMs, forMsMax) })]);
  }

  async send(happenings: readonly Happening[]): Promise<number> {
    const notices: string[] = [];
    let sent = 0;
    while (sent < happenings.length && notices.length < noticesMax) {
      const { body, taken } = fitting(happenings, sent);
      notices.push(`${this.#ownStart},"happenings":[${body}]}`);
      sent += taken;
    }
    if (notices.length > 0) await this.#notify(notices);
    return sent;
  }

  async tellMissed(): Promise<void> {
    await this.#notify([JSON.stringify({ from: this.#from, hasMissed: true })]);
  }

  async askStandings(): Promise<void> {
    await this.#notify([JSON.stringify({ from: this.#from, askStandings: true })]);
  }

  async sendStanding({ daemon, version, problems, tasksHere }: DaemonWord): Promise<void> {
    const standing = {
      daemon,
      version,
      problems: problems.slice(0, problemsMax).map((problem) => problem.slice(0, problemMax)),
      tasksHere,
    };
    await this.#notify([JSON.stringify({ from: this.#from, standing })]);
  }

  async listen(listener: LiveRelayListener): Promise<void> {
    let isFirst = true;
    await this.#options.listening.listen(this.#channel, {
      message: (payload) => {
        if (payload.startsWith(this.#ownStart)) return;
        const read = notice.safeParse(parsed(payload));
        if (!read.success) return;
        if ('askForMs' in read.data) listener.asked(read.data.askForMs);
        else if ('happenings' in read.data) listener.received(read.data.happenings);
        else if ('askStandings' in read.data) listener.standingAsked?.();
        else if ('standing' in read.data) listener.standing?.(read.data.standing);
        else listener.missed();
      },
      connected: () => {
        if (!isFirst) {
          listener.missed();
          listener.reconnected();
        }
        isFirst = false;
      },
    });
  }

  async #notify(notices: readonly string[]): Promise<void> {
    try {
      await this.#options.pool.query(sql('send-message'), [this.#channel, notices]);
    } catch (error) {
      throw new Error(`Watchers could not be told: ${describeDatabaseError(error)}`, { cause: error });
    }
  }
}

/** As many from this place on as fit into one notice; at least one. */
function fitting(happenings: readonly Happening[], from: number): { body: string; taken: number } {
  let body = '';
  let bytes = 0;
  let taken = 0;
  for (const each of happenings.slice(from)) {
    const json = JSON.stringify(shortened(each));
    bytes += Buffer.byteLength(json) + 1;
    if (bytes > bytesMax && taken > 0) break;
    body += taken === 0 ? json : `,${json}`;
    taken += 1;
  }
  return { body, taken };
}

/** A text of any length must not keep others from being sent. */
function shortened(each: Happening): Happening {
  if (each.kind === 'alert' && each.text.length > textMax)
    return { ...each, text: `${each.text.slice(0, textMax)}…` };
  if (each.kind === 'feed' && each.reason !== null && each.reason.length > textMax)
    return { ...each, reason: `${each.reason.slice(0, textMax)}…` };
  return each;
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown;
  } catch {
    return undefined;
  }
}
