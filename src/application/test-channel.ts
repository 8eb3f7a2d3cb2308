/** Sends one test to a channel, at once and not through the outbox, so that a person sees what the receiver says. */
import { randomUUID } from 'node:crypto';
import { deliveredText } from '../domain/explain/delivered-text.ts';
import type { Channel } from '../ports/channel-book.ts';
import type { SendOutcome } from '../ports/channels.ts';
import { assertRight, type Caller } from './caller.ts';
import { findChannel, type ChannelName } from './find-channel.ts';
import type { Ports } from './ports.ts';

export interface TestedChannel {
  readonly channel: Channel;
  readonly outcome: SendOutcome;
}

/** @throws NotAllowed; NotFound when the caller sees no such channel; Terminal when its address cannot be opened */
export async function testChannel(
  caller: Caller,
  ports: Pick<Ports, 'channels' | 'directory' | 'trial'>,
  wanted: ChannelName,
): Promise<TestedChannel> {
  const channel = await findChannel(caller, ports, wanted);
  assertRight(caller, 'manage');
  const address = await ports.channels.addressOf(channel.channelId);
  const alert = {
    severity: 'info' as const,
    code: 'channelTest',
    figures: { name: channel.name },
    accountName: null,
    atMs: Date.now(),
  };
  const message = {
    ...alert,
    id: randomUUID(),
    accountId: null,
    taskId: null,
    text: deliveredText(alert, channel.timeZone),
    isSilent: false,
  };
  return { channel, outcome: await ports.trial.send(channel.kind, address, message) };
}
