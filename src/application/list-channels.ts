/** Lists channels, without their addresses. */
import type { Channel } from '../ports/channel-book.ts';
import { scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** By user and then in order of preference; a user gets their own alone. @throws NotFound when the caller sees no such user */
export const listChannels = (
  caller: Caller,
  { channels }: Pick<Ports, 'channels'>,
  { userName }: { readonly userName?: string | undefined } = {},
): Promise<readonly Channel[]> => channels.channels({ userName }, scopeOf(caller));
