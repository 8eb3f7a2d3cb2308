/**
 * Questions for advice and the daemons' answers, as messages by NOTIFY: no row is written. Every daemon receives a
 * question, and the one that manages the account answers, on a channel of the process that asked. A question may get lost
 * with a connection or while the account is being claimed; it is repeated every second while the caller waits. (Reading the
 * market in the asking process instead would need the account's secret there, and paper mode's exchange, which runs in the
 * daemon.)
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { messageOf } from '../../domain/errors.ts';
import type {
  AdviceAnswering,
  AdviceAsking,
  AdviceQuestion,
  AdviceReply,
  LookReply,
} from '../../ports/advice.ts';
import { describeDatabaseError } from '../database-errors.ts';
import type { StoreLog } from '../log.ts';
import { sql } from '../sql.ts';
import type { Listening } from './listening.ts';
import { MessageReader, partsOf } from './messages.ts';

const questionChannel = 'rollkeeper_question';
const askAgainMs = 1_000;
/** Who asks the same so shortly after another gets the same answer: a page asks about one task for several of its parts at once. */
const sharedForMs = 250;
/** How many questions are answered at once; further ones are ignored until they are asked again. */
const underWayMax = 16;

const questionShape = z.object({
  questionId: z.uuid(),
  replyTo: z.string().regex(/^rollkeeper_reply_[\da-f]{16}$/),
  accountId: z.string(),
  taskId: z.string(),
  spec: z.unknown(),
  trade: z
    .union([
      z.object({ kind: z.literal('rollNow'), rule: z.string().nullable() }),
      z.object({ kind: z.literal('closeNow') }),
    ])
    .optional(),
});
/** The same channel and frame, about an account as a whole. */
const lookShape = questionShape.pick({ questionId: true, replyTo: true, accountId: true }).extend({
  look: z.literal(true),
});
const replyShape = z.object({
  questionId: z.string(),
  reply: z.union([
    z.object({ kind: z.literal('look'), look: z.record(z.string(), z.unknown()) }),
    z.object({ kind: z.literal('advice'), advice: z.record(z.string(), z.unknown()) }),
    z.object({ kind: z.literal('refused'), reason: z.string() }),
  ]),
});

type Reply = AdviceReply | LookReply;

export interface AdviceOptions {
  readonly pool: Pool;
  readonly listening: Listening;
  readonly log: StoreLog;
}

export class PostgresAdvice implements AdviceAsking, AdviceAnswering {
  readonly #options: AdviceOptions;
  readonly #replyTo = `rollkeeper_reply_${randomBytes(8).toString('hex')}`;
  /** By question; the function is called with its reply. */
  readonly #asked = new Map<string, (reply: Reply) => void>();
  readonly #underWay = new Set<string>();
  /** Questions that were just asked, by what they ask. */
  readonly #shared = new Map<string, Promise<Reply | null>>();
  #isListening: Promise<void> | null = null;

  constructor(options: AdviceOptions) {
    this.#options = options;
  }

  ask(question: AdviceQuestion, timeoutMs: number): Promise<AdviceReply | null> {
    return this.#askOnce<AdviceReply>(question, timeoutMs);
  }

  look(accountId: string, timeoutMs: number): Promise<LookReply | null> {
    return this.#askOnce<LookReply>({ accountId, look: true }, timeoutMs);
  }

  #askOnce<R extends Reply>(question: object, timeoutMs: number): Promise<R | null> {
    const what = `${String(timeoutMs)} ${JSON.stringify(question)}`;
    const known = this.#shared.get(what);
    if (known) return known as Promise<R | null>;
    const asked = this.#ask<R>(question, timeoutMs);
    this.#shared.set(what, asked);
    setTimeout(() => this.#shared.delete(what), sharedForMs).unref();
    return asked;
  }

  async #ask<R extends Reply>(question: object, timeoutMs: number): Promise<R | null> {
    const deadline = performance.now() + timeoutMs;
    const questionId = randomUUID();
    const replied = new Promise<Reply>((resolve) => this.#asked.set(questionId, resolve));
    try {
      const parts = partsOf(randomUUID(), { questionId, replyTo: this.#replyTo, ...question });
      await (this.#isListening ??= this.#listenForReplies());
      for (let failure: unknown = null; ;) {
        const leftMs = deadline - performance.now();
        if (leftMs <= 0 && failure !== null) throw failure as Error;
        if (leftMs <= 0) return null;
        failure = await this.#send(questionChannel, parts).then(
          () => null,
          (error: unknown) => error,
        );
        const reply = await within(replied, Math.min(askAgainMs, leftMs));
        if (reply) return reply as R;
      }
    } finally {
      this.#asked.delete(questionId);
    }
  }

  async answerWith(
    answer: (question: AdviceQuestion) => Promise<AdviceReply | null>,
    look: (accountId: string) => Promise<LookReply | null> = () => Promise.resolve(null),
  ): Promise<void> {
    const reader = new MessageReader();
    await this.#options.listening.listen(questionChannel, {
      message: (payload) => {
        const message = reader.take(payload);
        const looked = lookShape.safeParse(message);
        if (looked.success) {
          void this.#answer(looked.data, () => look(looked.data.accountId));
          return;
        }
        const asked = questionShape.safeParse(message);
        if (!asked.success) return;
        const { accountId, taskId, spec = null, trade } = asked.data;
        void this.#answer(asked.data, () => answer({ accountId, taskId, spec, ...(trade && { trade }) }));
      },
    });
  }

  async #answer(
    { questionId, replyTo }: { readonly questionId: string; readonly replyTo: string },
    answer: () => Promise<Reply | null>,
  ): Promise<void> {
    if (this.#underWay.has(questionId) || this.#underWay.size >= underWayMax) return;
    this.#underWay.add(questionId);
    try {
      const reply = await answer();
      if (reply) await this.#send(replyTo, partsOf(randomUUID(), { questionId, reply }));
    } catch (error) {
      this.#options.log.warn({ reason: messageOf(error) }, 'A question could not be answered');
    } finally {
      this.#underWay.delete(questionId);
    }
  }

  #listenForReplies(): Promise<void> {
    const reader = new MessageReader();
    return this.#options.listening.listen(this.#replyTo, {
      message: (payload) => {
        const message = replyShape.safeParse(reader.take(payload));
        if (message.success)
          this.#asked.get(message.data.questionId)?.(message.data.reply as unknown as Reply);
      },
    });
  }

  async #send(channel: string, parts: readonly string[]): Promise<void> {
    try {
      await this.#options.pool.query(sql('send-message'), [channel, parts]);
    } catch (error) {
      throw new Error(`The message could not be sent: ${describeDatabaseError(error)}`, { cause: error });
    }
  }
}

/** Resolves with null when the work takes longer than `timeoutMs`. */
async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), timeoutMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
