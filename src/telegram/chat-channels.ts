/** The alerts of a person: in which zone, and that they come to the chat from the moment the person enters. */
import type { Caller } from '../application/caller.ts';
import type { ChannelBook } from '../ports/channel-book.ts';
import type { Directory } from '../ports/directory.ts';
import type { ChatChannels } from './door.ts';

export interface ChatChannelsOptions {
  readonly channels: ChannelBook;
  readonly directory: Pick<Directory, 'users'>;
}

/** How long a zone is taken as known. */
const zoneMs = 30_000;

export function chatChannels({ channels, directory }: ChatChannelsOptions): ChatChannels {
  const zones = new Map<string, { readonly zone: string; readonly untilMs: number }>();
  return {
    zoneOf: async (caller: Caller) => {
      if (caller.kind !== 'user') return 'UTC';
      const known = zones.get(caller.userId);
      if (known && known.untilMs > Date.now()) return known.zone;
      const [first] = await channels.channels({}, { userId: caller.userId });
      const zone = first?.timeZone ?? 'UTC';
      if (zones.size > 10_000) zones.clear();
      zones.set(caller.userId, { zone, untilMs: Date.now() + zoneMs });
      return zone;
    },
    open: async (caller: Caller, chatId: string) => {
      if (caller.kind !== 'user') return;
      const scope = { userId: caller.userId };
      const there = await channels.channels({}, scope);
      if (there.some(({ kind }) => kind === 'telegram')) return;
      const [user] = (await directory.users(scope)).filter(({ userId }) => userId === caller.userId);
      if (!user) return;
      const taken = there.map(({ name }) => name);
      const name = taken.includes('telegram') ? `telegram-${chatId}` : 'telegram';
      const address = { chatId, topicId: null };
      await channels.addChannel(
        { userName: user.name, name, kind: 'telegram', address, settings: {} },
        scope,
      );
    },
  };
}
