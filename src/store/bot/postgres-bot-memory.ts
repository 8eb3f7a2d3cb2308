/** The memory of a Telegram bot in the database (ports/bot-memory.ts); other bots on the same database are not seen. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type {
  Answered,
  AskedApproval,
  Board,
  BotMemory,
  Dialogue,
  NewQuestion,
  Place,
  StrangersCount,
} from '../../ports/bot-memory.ts';
import { storable } from '../journal/flush-turns.ts';
import { rowsOf } from '../rows.ts';

/** Each removes what is not needed any more. */
const tidying = [
  'bot-tidy-updates',
  'bot-tidy-questions',
  'bot-tidy-dialogues',
  'bot-tidy-approvals',
  'bot-tidy-strangers',
] as const;

export class PostgresBotMemory implements BotMemory {
  readonly #pool: Pool;
  readonly #botId: string;

  /** @param botId the bot's id at Telegram, digits */
  constructor(pool: Pool, botId: string) {
    this.#pool = pool;
    this.#botId = botId;
  }

  async begin(updateId: number): Promise<'new' | 'again' | 'done'> {
    const [row] = await this.#rows<{ standing: 'new' | 'again' | 'done' }>('bot-begin-update', updateId);
    // Another daemon may have noted it in between, so that neither part of the query sees its row.
    return row?.standing ?? 'again';
  }

  async finish(updateId: number): Promise<void> {
    await this.#rows('bot-finish-update', updateId);
  }

  async dialogue({ chatId, personId }: Place): Promise<Dialogue | null> {
    const [row] = await this.#rows<Dialogue>('bot-dialogue', chatId, personId);
    return row ?? null;
  }

  async keepDialogue(
    { chatId, personId }: Place,
    { step, data, token, messageId, updateId }: Dialogue,
    { goodForMs }: { readonly goodForMs: number },
  ): Promise<void> {
    const dataJson = storable(JSON.stringify(data));
    const values = [chatId, personId, step, dataJson, token, messageId, updateId, goodForMs];
    await this.#rows('bot-keep-dialogue', ...values);
  }

  async noteDialogueMessage({ chatId, personId }: Place, messageId: string): Promise<void> {
    await this.#rows('bot-dialogue-message', chatId, personId, messageId);
  }

  async endDialogue({ chatId, personId }: Place): Promise<boolean> {
    return (await this.#rows('bot-end-dialogue', chatId, personId)).length > 0;
  }

  async ask({ chatId, personId, action, askedByUpdate, goodForMs }: NewQuestion): Promise<string> {
    const id = randomBytes(12).toString('base64url');
    const actionJson = storable(JSON.stringify(action));
    const values = [id, chatId, personId, actionJson, askedByUpdate, goodForMs];
    const [row] = await this.#rows<{ id: string }>('bot-ask', ...values);
    return row?.id ?? id;
  }

  async answer(
    { chatId, personId }: Place,
    { id, answer, updateId }: { readonly id: string; readonly answer: string; readonly updateId: number },
  ): Promise<Answered> {
    const values = [id, chatId, personId, answer, updateId];
    const [row] = await this.#rows<Answered>('bot-answer-question', ...values);
    return row ?? { kind: 'not asked' };
  }

  async openBoard({
    chatId,
    personId,
    messageId,
    goodForMs,
  }: Place & { readonly messageId: string; readonly goodForMs: number }): Promise<string | null> {
    const values = [chatId, personId, messageId, goodForMs];
    const [row] = await this.#rows<{ former: string | null }>('bot-open-board', ...values);
    return row?.former ?? null;
  }

  boards(): Promise<readonly Board[]> {
    return this.#rows<Board>('bot-boards');
  }

  async closeBoard({ chatId, personId, messageId }: Place & { readonly messageId: string }): Promise<void> {
    await this.#rows('bot-close-board', chatId, personId, messageId);
  }

  async noteApproval({
    approvalId,
    taskId,
    chatId,
    text,
  }: Omit<AskedApproval, 'id' | 'messageId'>): Promise<AskedApproval> {
    const values = [approvalId, taskId, chatId, storable(text)];
    const [row] = await this.#rows<AskedApproval>('bot-note-approval', ...values);
    if (!row) throw new Error('an approval was not stored');
    return row;
  }

  async noteApprovalMessage(id: string, messageId: string): Promise<void> {
    await this.#rows('bot-approval-message', id, messageId);
  }

  async approval(id: string): Promise<AskedApproval | null> {
    const [row] = await this.#rows<AskedApproval>('bot-approval', id);
    return row ?? null;
  }

  async approvalIn(chatId: string, approvalId: string): Promise<AskedApproval | null> {
    const [row] = await this.#rows<AskedApproval>('bot-approval-in-chat', chatId, approvalId);
    return row ?? null;
  }

  async noteStranger(personId: string): Promise<boolean> {
    const [row] = await this.#rows<{ tell: boolean }>('bot-note-stranger', personId);
    return row?.tell ?? false;
  }

  async strangers(): Promise<StrangersCount> {
    const [row] = await this.#rows<StrangersCount>('bot-strangers');
    return row ?? { people: 0, messages: 0 };
  }

  async tidyUp(): Promise<void> {
    for (const query of tidying) await this.#rows(query);
  }

  #rows<Row extends object>(name: string, ...values: readonly unknown[]): Promise<Row[]> {
    return rowsOf<Row>(this.#pool, name, [this.#botId, ...values]);
  }
}
