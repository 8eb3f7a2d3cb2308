/** Tells Telegram which commands there are, for everybody and for administrators, and learns the bot's name. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { messageOf } from '../domain/errors.ts';
import { ApiRefused, type TelegramApi } from './api.ts';
import { botCommands } from './commands/all.ts';
import { aboutOf } from './commands/command.ts';

export interface ListingOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Gets the bot's name as soon as it is known. */
  readonly named: { botName: string };
}

const retryMs = 30_000;

/** Tries until it is done or `signal` is aborted. Never rejects. */
export async function listCommands(
  api: TelegramApi,
  administratorIds: readonly string[],
  { log, signal, named }: ListingOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { username } = await api.call('getMe', undefined, { signal });
      named.botName = username;
      await api.call('setMyCommands', { commands: listFor({ isAdministrator: false }) }, { signal });
      for (const id of administratorIds) {
        const scope = { type: 'chat', chat_id: Number(id) } as const;
        // Telegram knows no chat of a person who has never written to the bot.
        await api
          .call('setMyCommands', { commands: listFor({ isAdministrator: true }), scope }, { signal })
          .catch((error: unknown) => {
            if (!(error instanceof ApiRefused) || error.status !== 400) throw error;
          });
      }
      return;
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'the commands of the bot are not listed yet');
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

function listFor({
  isAdministrator,
}: {
  readonly isAdministrator: boolean;
}): { command: string; description: string }[] {
  const commands = [...botCommands.values()]
    .filter(
      ({ isHidden, isForAdministrators }) =>
        isHidden !== true && (isAdministrator || isForAdministrators !== true),
    )
    .map((command) => ({ command: command.name, description: aboutOf(command, { isAdministrator }) }));
  return [...commands, { command: 'cancel', description: 'leave the present question' }];
}
