/** Alert channels: whether each can be used, what became of what it was sent, and whether it takes a test. */
import { messageOf } from '../../domain/errors.ts';
import { found, type Finding } from '../../domain/doctor/finding.ts';
import type { Channel } from '../../ports/channel-book.ts';
import { operator } from '../caller.ts';
import { testChannel } from '../test-channel.ts';
import { forEachOf, needs, withinLimit, type Check, type CheckTools, type StoredPorts } from './check.ts';

const channelsLimitMs = 120_000;
/** More than one attempt takes. */
const channelLimitMs = 20_000;
const channelsAtOnce = 8;

export const channelCheck: Check = {
  name: 'channel',
  limitMs: channelsLimitMs,
  run: async (tools) => {
    const ports = await tools.stored();
    if (ports === null) return [needs('database')];
    const channels = await ports.channels.channels({}, { userId: null });
    if (channels.length === 0) return [found('warning', { code: 'noChannel', figures: {} })];
    const findings = await forEachOf(channels, channelsAtOnce, (channel) => {
      const subject = `${channel.userName}/${channel.name}`;
      const work = async () => [found(...(await judged(ports, channel, tools)), subject)];
      return withinLimit(work, { limitMs: channelLimitMs, subject });
    });
    return findings.flat();
  },
};

type Judged = readonly [Finding['state'], Parameters<typeof found>[1]];

async function judged(ports: StoredPorts, channel: Channel, { sendsTests }: CheckTools): Promise<Judged> {
  const { channelId, kind, isEnabled, failure, waiting, dead, deliveredAtMs } = channel;
  if (!isEnabled) return ['ok', { code: 'channelOff', figures: {} }];
  const unusable = await ports.channels
    .addressOf(channelId)
    .then((address) => ports.trial.refusalOf(kind, address), messageOf);
  if (unusable !== null) return ['wrong', { code: 'channelUnusable', figures: { said: unusable } }];
  if (sendsTests) {
    const { name, userName } = channel;
    const { outcome } = await testChannel(operator, ports, { name, userName });
    return outcome.kind === 'delivered'
      ? ['ok', { code: 'channelTook', figures: {} }]
      : ['wrong', { code: 'channelDidNotTake', figures: { said: outcome.said } }];
  }
  if (failure !== null || dead > 0)
    return ['warning', { code: 'channelFails', figures: { said: failure ?? '', waiting, dead } }];
  return ['ok', { code: 'channelReady', figures: { deliveredAtMs } }];
}
