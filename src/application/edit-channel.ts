/** Changes what a channel is sent, when it is silent and in which order it comes; its address stays. */
import type { Channel } from '../ports/channel-book.ts';
import { actOf, assertRight, type Caller } from './caller.ts';
import { readSettings, type GivenSettings } from './channel-settings.ts';
import { findChannel, type ChannelName } from './find-channel.ts';
import type { Ports } from './ports.ts';

/** @returns the channel as it is now @throws NotAllowed; NotFound when the caller sees no such channel; BadInput */
export async function editChannel(
  caller: Caller,
  ports: Pick<Ports, 'channels' | 'directory'>,
  { settings, ...wanted }: ChannelName & { readonly settings: GivenSettings },
): Promise<Channel> {
  const channel = await findChannel(caller, ports, wanted);
  assertRight(caller, 'manage');
  const changes = readSettings(settings, channel.overrides);
  await ports.channels.editChannel(channel, changes, actOf(caller));
  return findChannel(caller, ports, wanted);
}
