/**
 * Deliveries: one alert for one channel. Of all daemons on a database one delivers at a time; it holds that turn by a lock
 * and does everything through it, so that a daemon whose lock is lost can store nothing more.
 */
import type { Alert } from './alerts.ts';
import type { ChannelAddress, ChannelKind } from './channels.ts';

/** Local times as `22:00`, in the user's zone; they may span midnight. */
export interface QuietHours {
  readonly from: string;
  readonly until: string;
}

/** One delivery that is due, with everything that its text and its sender need. */
export interface DueDelivery extends Alert {
  readonly deliveryId: string;
  /** What the receiver knows it by; the same at each repeat. */
  readonly messageId: string;
  readonly channelId: string;
  /** Deliveries of one channel and one lane keep their order. */
  readonly lane: string;
  /** Attempts that were made so far. */
  readonly tries: number;
  readonly ageMs: number;
  /** False when the channel's user may no longer see what it is about. */
  readonly hasAccess: boolean;
  /** The channel is to be silent about this kind of alert. */
  readonly isSilent: boolean;
  readonly quietHours: QuietHours | null;
  /** The user's, a name of the IANA database. */
  readonly timeZone: string;
  /** Exchange time of what happened, ms since epoch. */
  readonly atMs: number;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly taskId: string | null;
  readonly kind: ChannelKind;
  /** `null` when it cannot be opened with the keys of this daemon. */
  readonly address: ChannelAddress | null;
}

/** What came of one attempt. */
export interface Settlement {
  readonly deliveryId: string;
  /** `waiting`: it is tried again after `waitMs`. */
  readonly state: 'delivered' | 'waiting' | 'dead' | 'dropped';
  /** What was said of a failure; `null` for none. */
  readonly said: string | null;
  readonly reference: string | null;
  readonly waitMs: number;
}

/** The turn of the one daemon that delivers. Every method rejects once it is lost. */
export interface DeliveryTurn {
  /**
   * Divides the oldest unplanned alerts among the channels that want them.
   * @returns how many alerts, and the channels that received something
   */
  plan(alertsMax: number): Promise<{ readonly alerts: number; readonly channelIds: readonly string[] }>;
  /** Channels with something due. */
  dueChannels(): Promise<readonly string[]>;
  /** What is due of these channels, oldest first; never a delivery while an earlier one of its lane has to wait. */
  due(channelIds: readonly string[], eachMax: number): Promise<readonly DueDelivery[]>;
  settle(settlements: readonly Settlement[]): Promise<void>;
  /**
   * Sends critical alerts that a channel has not delivered to the next channel of its user.
   * @param afterMs how long a channel may take
   * @returns the channels that received something
   */
  passOn(afterMs: number): Promise<readonly string[]>;
  /** Makes the daily digests that are due. @returns the channels that received one */
  makeDigests(): Promise<readonly string[]>;
  /** Lets another daemon deliver. Never rejects. */
  release(): Promise<void>;
}

export interface DeliveryBook {
  /**
   * @param onLost called once if the turn ends without `release`; whatever is under way has to stop at once
   * @returns `null` while another daemon delivers @throws Retryable while the database cannot be used
   */
  take(onLost: (reason: string) => void): Promise<DeliveryTurn | null>;
  /** Calls the listener when an alert may have been stored. It may miss some: so look from time to time, too. */
  onAlert(listener: () => void): Promise<void>;
}
