/**
 * The status that edits itself. Which messages do is stored, so it goes on after a restart and in another daemon; this file
 * renews them in turns, only where the text has changed, within what Telegram takes, and stops after some hours.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { surveyTasks } from '../application/survey-tasks.ts';
import type { Caller } from '../application/caller.ts';
import { messageOf } from '../domain/errors.ts';
import type { Board, Place } from '../ports/bot-memory.ts';
import { ApiRefused } from './api.ts';
import { editMeaning } from './messenger.ts';
import type { Page } from './page.ts';
import { say, type Room, type Workshop } from './room.ts';
import { statusPage } from './texts/status-text.ts';

const goodForMs = 4 * 3_600_000;
/** Telegram takes about 20 messages a minute in a group, edits included. */
const everyMs = { private: 10_000, group: 20_000 } as const;
const roundMs = 2_000;
/** How many are renewed at once. */
const atOnceMax = 4;
const lookMs = 3_000;

/** Sends the status and has it edited from now on, in place of the person's former one in this chat. */
export async function openBoard(room: Room): Promise<void> {
  const { memory, messenger, visit, caller } = room;
  const untilMs = room.nowMs() + goodForMs;
  const messageId = await say(room, await pageFor(room, { caller, zone: room.zone, untilMs }));
  const former = await memory.openBoard({ ...visit.place, messageId, goodForMs });
  if (former !== null && former !== messageId) await messenger.delete(visit.place.chatId, former);
}

interface Viewer {
  readonly caller: Caller;
  readonly zone: string;
  /** `null` for the last time. */
  readonly untilMs: number | null;
}

async function pageFor(shop: Workshop, { caller, zone, untilMs }: Viewer): Promise<Page> {
  const tasks = await surveyTasks(caller, shop.ports, { waitMs: Math.min(lookMs, shop.waitMs) });
  const { rules } = shop.ports;
  return statusPage(tasks, { rules, zone, nowMs: shop.nowMs(), untilMs, isOver: untilMs === null });
}

export interface BoardsOptions {
  readonly shop: Workshop;
  readonly log: Logger;
  /** Who a person is now; `null` when nobody any more. */
  readonly viewerOf: (place: Place) => Promise<Omit<Viewer, 'untilMs'> | null>;
}

export class Boards {
  readonly #options: BoardsOptions;
  /** What each message shows, and when it may be edited next. */
  readonly #shown = new Map<string, { text: string; nextAtMs: number }>();

  constructor(options: BoardsOptions) {
    this.#options = options;
  }

  /** Renews what is due, again and again, until `signal` is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { shop, log } = this.#options;
    while (!signal.aborted) {
      try {
        const boards = await shop.memory.boards();
        this.#forget(boards);
        const due = boards.filter((board) => (this.#shown.get(keyOf(board))?.nextAtMs ?? 0) <= Date.now());
        for (let at = 0; at < due.length; at += atOnceMax)
          await Promise.all(due.slice(at, at + atOnceMax).map((board) => this.#renew(board)));
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'the status messages could not be renewed');
      }
      await sleep(roundMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Never rejects. */
  async #renew(board: Board): Promise<void> {
    const { shop, log, viewerOf } = this.#options;
    const { chatId, messageId, untilMs } = board;
    const known = this.#shown.get(keyOf(board));
    const pauseMs = chatId.startsWith('-') ? everyMs.group : everyMs.private;
    let waitMs: number = pauseMs;
    let text = known?.text ?? '';
    try {
      const viewer = await viewerOf(board);
      const isOver = viewer === null || untilMs <= Date.now();
      const view = viewer
        ? await pageFor(shop, { ...viewer, untilMs: isOver ? null : untilMs })
        : { text: 'You have no access any more.', ranges: [], buttons: [] };
      // The minute in the heading alone is no news, but shows that it is alive.
      if (view.text !== text) await shop.messenger.editOnce(chatId, messageId, view);
      text = view.text;
      if (isOver) await shop.memory.closeBoard(board);
    } catch (error) {
      const meaning = editMeaning(error);
      const isBarred = error instanceof ApiRefused && error.status === 403;
      if (meaning === 'gone' || isBarred) await shop.memory.closeBoard(board).catch(() => undefined);
      else if (meaning === null) {
        if (error instanceof ApiRefused && error.retryAfterMs !== null) waitMs += error.retryAfterMs;
        else log.debug({ reason: messageOf(error) }, 'a status message could not be renewed');
      }
    }
    this.#shown.set(keyOf(board), { text, nextAtMs: Date.now() + waitMs });
  }

  #forget(boards: readonly Board[]): void {
    const keys = new Set(boards.map(keyOf));
    for (const key of this.#shown.keys()) if (!keys.has(key)) this.#shown.delete(key);
  }
}

const keyOf = ({ chatId, messageId }: Pick<Board, 'chatId' | 'messageId'>): string =>
  `${chatId} ${messageId}`;
