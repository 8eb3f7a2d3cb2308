/** Removes a channel: its address is forgotten, and what waits for it is not sent. */
import type { Channel } from '../ports/channel-book.ts';
import { actOf, assertRight, type Caller } from './caller.ts';
import { findChannel, type ChannelName } from './find-channel.ts';
import type { Ports } from './ports.ts';

/** @returns the channel as it was @throws NotAllowed; NotFound when the caller sees no such channel */
export async function removeChannel(
  caller: Caller,
  ports: Pick<Ports, 'channels' | 'directory'>,
  wanted: ChannelName,
): Promise<Channel> {
  const channel = await findChannel(caller, ports, wanted);
  assertRight(caller, 'manage');
  await ports.channels.removeChannel(channel, actOf(caller));
  return channel;
}
