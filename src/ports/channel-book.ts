/**
 * The channels of users as people set and see them. An address goes in, and comes out only to be sent to. What changes
 * something is recorded in the transaction that does it.
 */
import type { Act } from './audit.ts';
import type { ChannelAddress, ChannelKind } from './channels.ts';
import type { QuietHours } from './deliveries.ts';
import type { Scope } from './directory.ts';

/** The least severity that a channel is sent. */
export type Noise = 'critical' | 'warning' | 'info';
/** What a channel does with one kind of alert, whatever its severity. */
export type Override = 'on' | 'silent' | 'off';

export interface ChannelSettings {
  readonly noise: Noise;
  /** By code of alert. */
  readonly overrides: Readonly<Record<string, Override>>;
  /** Receives only critical alerts that no other channel of the user could deliver. */
  readonly isBackup: boolean;
  readonly isEnabled: boolean;
  readonly quietHours: QuietHours | null;
  /** Local time of the daily digest, as `08:00`; `null`: none. */
  readonly digestAt: string | null;
  /** Order of preference among the channels of the user, lowest first. */
  readonly rank: number;
}

export interface Channel extends ChannelSettings {
  readonly channelId: string;
  readonly userId: string;
  readonly userName: string;
  /** The user's, a name of the IANA database. */
  readonly timeZone: string;
  readonly kind: ChannelKind;
  readonly name: string;
  /** When something was delivered last, to the minute; `null`: never. */
  readonly deliveredAtMs: number | null;
  readonly failedAtMs: number | null;
  /** What was said at the last failure; `null` after a success. */
  readonly failure: string | null;
  /** Deliveries that wait, and that were given up. */
  readonly waiting: number;
  readonly dead: number;
}

export interface NewChannel {
  readonly userName: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly address: ChannelAddress;
  /** What is left out is as usual: warnings and more, behind the other channels, no quiet hours, no digest. */
  readonly settings: Partial<ChannelSettings>;
}

/** One channel of one user; the name is for the record. */
export type ChannelRef = Pick<Channel, 'channelId' | 'userId' | 'name'>;

export interface ChannelBook {
  /**
   * Stores the channel, its address sealed.
   * @throws NotFound when there is no such user within the scope; BadInput when the name is taken or unusable
   */
  addChannel(channel: NewChannel, scope: Scope, act: Act): Promise<{ readonly channelId: string }>;
  /** By user and then in order of preference. @throws NotFound when there is no such user within the scope */
  channels(wanted: { readonly userName?: string | undefined }, scope: Scope): Promise<readonly Channel[]>;
  /** Switching it off drops what waits for it. */
  editChannel(channel: ChannelRef, changes: Partial<ChannelSettings>, act: Act): Promise<void>;
  /** Forgets its address, and drops what waits for it. */
  removeChannel(channel: ChannelRef, act: Act): Promise<void>;
  /** To send to it. @throws Terminal when it cannot be opened with the present keys */
  addressOf(channelId: string): Promise<ChannelAddress>;
  /** @throws NotFound when there is no such user within the scope */
  setTimeZone(
    zone: { readonly userName: string; readonly timeZone: string },
    scope: Scope,
    act: Act,
  ): Promise<void>;
}
