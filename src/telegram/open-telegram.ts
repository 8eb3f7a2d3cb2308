/** Puts the bot together: its sender of alerts, and, in the one daemon that has the duty, its poller and its status messages. */
import type { Logger } from 'pino';
import type { Ports } from '../application/ports.ts';
import { messageOf } from '../domain/errors.ts';
import type { Preset } from '../domain/spec/preset.ts';
import { proxiedFetch } from '../net/proxied-fetch.ts';
import type { BotMemory } from '../ports/bot-memory.ts';
import type { AlertSender } from '../ports/channels.ts';
import type { ExchangeEnvironment } from '../ports/directory.ts';
import type { Duty } from '../ports/duty.ts';
import { TelegramApi } from './api.ts';
import { Boards } from './board.ts';
import { workUpdate, type Bot } from './bot.ts';
import { chatChannels, chatTrial } from './chat-channels.ts';
import { openDoor } from './door.ts';
import { listCommands } from './command-list.ts';
import { Messenger } from './messenger.ts';
import { Poller } from './poller.ts';
import type { Workshop } from './room.ts';
import { TelegramSender } from './sender.ts';

export interface TelegramSettings {
  readonly token: string;
  /** Without a trailing slash. */
  readonly apiUrl: string;
  /** `null` for none. */
  readonly proxyUrl: string | null;
}

export interface TelegramOptions {
  readonly settings: TelegramSettings;
  readonly ports: Omit<Ports, 'trial'>;
  readonly memory: (botId: string) => BotMemory;
  /** One process among all daemons speaks for this bot. */
  readonly duty: (botId: string) => Duty;
  readonly log: Logger;
  readonly environment: ExchangeEnvironment;
  readonly presets: readonly Preset[];
}

export interface OpenedTelegram {
  readonly sender: AlertSender<'telegram'>;
  close(): Promise<void>;
}

const answerBytesMax = 16 * 1_024 * 1_024;
const silenceMaxMs = 45_000;
const callTimeoutMs = 10_000;
const waitMs = 4_000;
const tidyEveryMs = 3_600_000;

/** Never waits for Telegram: a bot that cannot be reached keeps no daemon from its work. */
export function openTelegram(options: TelegramOptions): OpenedTelegram {
  const { settings, log } = options;
  const web = proxiedFetch({ proxyUrl: settings.proxyUrl, bytesMax: answerBytesMax, silenceMaxMs });
  const api = new TelegramApi({
    token: settings.token,
    apiUrl: settings.apiUrl,
    fetch: web.fetch,
    timeoutMs: callTimeoutMs,
  });
  const memory = options.memory(api.botId);
  const sender = new TelegramSender({ api, memory });
  const ports: Ports = { ...options.ports, trial: chatTrial(sender) };
  const held = options
    .duty(api.botId)
    .hold((signal) => serve({ ...options, ports }, { api, memory }, signal));
  log.info({ bot: api.botId }, 'the Telegram bot is set up');
  return {
    sender,
    close: async () => {
      await held.close();
      await web.close();
    },
  };
}

/** Speaks for the bot until `signal` is aborted. */
async function serve(
  options: TelegramOptions & { readonly ports: Ports },
  { api, memory }: { readonly api: TelegramApi; readonly memory: BotMemory },
  signal: AbortSignal,
): Promise<void> {
  const { log, ports, environment, presets } = options;
  const channels = chatChannels(ports);
  const door = openDoor({ ports, channels });
  const messenger = new Messenger(api, signal);
  const named: { botName: string } = { botName: '' };
  const shop: Workshop = {
    ports,
    memory,
    messenger,
    log,
    environment,
    presets,
    channels,
    botId: api.botId,
    get botName() {
      return named.botName;
    },
    nowMs: () => Date.now(),
    waitMs,
  };
  const bot: Bot = { shop, ...door };
  log.info({ bot: api.botId }, 'this daemon speaks for the Telegram bot');
  const administratorIds = ports.administrators.identities.flatMap(
    (each) => /^telegram:(\d+)$/.exec(each)?.[1] ?? [],
  );
  void listCommands(api, administratorIds, { log, signal, named });
  const tidying = setInterval(() => {
    memory
      .tidyUp()
      .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'old rows of the bot stay'));
  }, tidyEveryMs);
  const boards = new Boards({
    shop,
    log,
    viewerOf: async ({ personId }) => {
      const person = await door.admit(personId);
      return person.caller.kind === 'nobody' ? null : person;
    },
  });
  const poller = new Poller({ api, log, work: (update, attempt) => workUpdate(bot, update, attempt) });
  try {
    await Promise.all([poller.run(signal), boards.run(signal)]);
  } finally {
    clearInterval(tidying);
  }
}
