/** Adds a channel: where a user receives alerts, its address sealed before it is stored. */
import { BadInput } from '../domain/errors.ts';
import type { ChannelKind } from '../ports/channels.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import { channelKinds, readAddress, type GivenAddress } from './channel-address.ts';
import { readSettings, type GivenSettings } from './channel-settings.ts';
import { ownUserName } from './own-user-name.ts';
import type { Ports } from './ports.ts';

export interface WantedChannel {
  /** Left out: the caller, or for the operator the only user. */
  readonly userName?: string | undefined;
  /** Unique among the user's channels. */
  readonly name: string;
  readonly kind: string;
  readonly given: GivenAddress;
  readonly settings: GivenSettings;
}

export interface AddedChannel {
  readonly channelId: string;
  readonly userName: string;
  readonly kind: ChannelKind;
  /** The secret that was made because none was given: shown once; `null` otherwise. */
  readonly madeSecret: string | null;
}

/** More than anybody needs. */
const channelsMax = 20;

/**
 * Only the user and the operator may. Alerts that were raised before are not sent to it.
 * @throws NotAllowed; NotFound when the caller sees no such user; BadInput
 */
export async function addChannel(
  caller: Caller,
  { channels, directory, trial }: Pick<Ports, 'channels' | 'directory' | 'trial'>,
  { userName: wanted, name, kind: kindText, given, settings }: WantedChannel,
): Promise<AddedChannel> {
  assertRight(caller, 'manage');
  const userName = await ownUserName(caller, { directory }, wanted);
  const there = await channels.channels({ userName }, scopeOf(caller));
  if (there.length >= channelsMax)
    throw new BadInput('There are too many channels', [
      { path: 'channel', found: `${there.length} channels`, expected: `at most ${channelsMax} of one user` },
    ]);
  const kind = kindOf(kindText);
  const address = readAddress(kind, given);
  const refusal = await trial.refusalOf(kind, address);
  if (refusal !== null)
    throw new BadInput('Nothing could be sent to this channel', [
      { path: 'address', found: refusal, expected: 'an address that may be reached' },
    ]);
  const channel = { userName, name, kind, address, settings: readSettings(settings) };
  const { channelId } = await channels.addChannel(channel, scopeOf(caller), actOf(caller));
  const madeSecret = given.secret === null && 'secret' in address ? address.secret : null;
  return { channelId, userName, kind, madeSecret };
}

function kindOf(text: string): ChannelKind {
  const kind = channelKinds.find((each) => each === text);
  if (kind !== undefined) return kind;
  throw new BadInput('There is no such kind of channel', [
    { path: 'kind', found: JSON.stringify(text), expected: `one of ${channelKinds.join(', ')}` },
  ]);
}
