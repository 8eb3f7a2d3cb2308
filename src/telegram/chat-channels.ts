/** The alerts of a person: in which zone, and that they come to the chat from the moment the person enters. */
import { addChannel } from '../application/add-channel.ts';
import type { Caller } from '../application/caller.ts';
import { listChannels } from '../application/list-channels.ts';
import type { Ports } from '../application/ports.ts';
import type { ChannelTrial } from '../ports/channel-trial.ts';
import type { AlertSender } from '../ports/channels.ts';

/** What the bot needs to know of the alerts of a person. */
export interface ChatChannels {
  /** Of the IANA database. */
  zoneOf(caller: Caller): Promise<string>;
  /** To be called when a zone was changed. */
  forget(caller: Caller): void;
  /** Sends the user's alerts to this chat from now on, unless the user has a chat already. */
  open(caller: Caller, chatId: string): Promise<void>;
}

/** How long a zone is taken as known. */
const zoneMs = 30_000;
const knownMax = 10_000;

export function chatChannels(ports: Ports): ChatChannels {
  const zones = new Map<string, { readonly zone: string; readonly untilMs: number }>();
  return {
    zoneOf: async (caller) => {
      if (caller.kind !== 'user') return 'UTC';
      const known = zones.get(caller.userId);
      if (known && known.untilMs > Date.now()) return known.zone;
      const [first] = await listChannels(caller, ports);
      const zone = first?.timeZone ?? 'UTC';
      if (zones.size > knownMax) zones.clear();
      zones.set(caller.userId, { zone, untilMs: Date.now() + zoneMs });
      return zone;
    },
    forget: (caller) => {
      if (caller.kind === 'user') zones.delete(caller.userId);
    },
    open: async (caller, chatId) => {
      const there = await listChannels(caller, ports);
      if (there.some(({ kind }) => kind === 'telegram')) return;
      const name = there.some((channel) => channel.name === 'telegram') ? `telegram-${chatId}` : 'telegram';
      await addChannel(caller, ports, {
        name,
        kind: 'telegram',
        given: { address: chatId, secret: null },
        settings: {},
      });
    },
  };
}

const attemptMs = 10_000;

/** The bot itself sends to chats alone; other channels are tried out where they are added. */
export const chatTrial = (sender: AlertSender<'telegram'>): ChannelTrial => ({
  refusalOf: (kind) => Promise.resolve(kind === 'telegram' ? null : 'the bot adds chats alone'),
  send: async (kind, address, message) =>
    'chatId' in address
      ? sender.send(message, address, AbortSignal.timeout(attemptMs))
      : { kind: 'refused', said: `${kind} is not sent by the bot` },
});
