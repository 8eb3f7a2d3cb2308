/** Finds the channel that a person names. */
import { NotFound } from '../domain/request-errors.ts';
import type { Channel } from '../ports/channel-book.ts';
import { scopeOf, type Caller } from './caller.ts';
import { ownUserName } from './own-user-name.ts';
import type { Ports } from './ports.ts';

export interface ChannelName {
  readonly name: string;
  /** Left out: the caller, or for the operator the only user. */
  readonly userName?: string | undefined;
}

/** @throws NotFound when the caller sees no such user or channel; BadInput when the user has to be named */
export async function findChannel(
  caller: Caller,
  { channels, directory }: Pick<Ports, 'channels' | 'directory'>,
  { name, userName: given }: ChannelName,
): Promise<Channel> {
  const userName = await ownUserName(caller, { directory }, given);
  const all = await channels.channels({ userName }, scopeOf(caller));
  const found = all.find((channel) => channel.name === name);
  if (!found) throw new NotFound('channel', name, userName);
  return found;
}
