/** The bot's sender alone, for trying a chat out: it speaks, and listens to nobody. */
import { proxiedFetch } from '../net/proxied-fetch.ts';
import type { BotMemory } from '../ports/bot-memory.ts';
import type { AlertSender } from '../ports/channels.ts';
import { TelegramApi } from './api.ts';
import { TelegramSender } from './sender.ts';

export interface SenderSettings {
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** `null` for none. */
  readonly proxyUrl: string | null;
}

const answerBytesMax = 1_024 * 1_024;
const timeoutMs = 10_000;

/** Remembers nothing: a test asks nothing that could be answered. */
const noMemory = {} as Pick<BotMemory, 'noteApproval' | 'noteApprovalMessage' | 'approvalIn'>;

export function openSender({ token, apiUrl, proxyUrl }: SenderSettings): {
  readonly sender: AlertSender<'telegram'>;
  close(): Promise<void>;
} {
  const web = proxiedFetch({ proxyUrl, bytesMax: answerBytesMax, silenceMaxMs: timeoutMs });
  const api = new TelegramApi({ token, apiUrl, fetch: web.fetch, timeoutMs });
  return { sender: new TelegramSender({ api, memory: noMemory }), close: () => web.close() };
}
