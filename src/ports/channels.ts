/**
 * Channels: where people receive alerts, and how one alert is sent there. A sender makes one attempt and says what came of
 * it; order, repeats, back-off and who receives what are the deliverer's (src/alerts/).
 */
import type { Alert } from './alerts.ts';

/** How each kind of channel is addressed. Everything in it is sealed at rest and appears in no log, error or list. */
export interface ChannelAddresses {
  /** @property topicId the topic of a group; `null` for the chat itself */
  readonly telegram: { readonly chatId: string; readonly topicId: string | null };
  /** @property secret signs each request (Standard Webhooks): `whsec_` and base64 */
  readonly webhook: { readonly url: string; readonly secret: string };
  /** @property url of the topic, as `https://ntfy.sh/topic`; @property token `null` for a topic that is open */
  readonly ntfy: { readonly url: string; readonly token: string | null };
  readonly slack: { readonly url: string };
  readonly discord: { readonly url: string };
  /** @property url of a stored configuration, as `https://host/notify/key`; @property tag of those to be told, `null` for all */
  readonly apprise: { readonly url: string; readonly tag: string | null };
  readonly email: { readonly to: string };
}

export type ChannelKind = keyof ChannelAddresses;
export type ChannelAddress<Kind extends ChannelKind = ChannelKind> = ChannelAddresses[Kind];

/** One alert as one person receives it. */
export interface OutgoingAlert extends Alert {
  /** Of this delivery: the same at each repeat, so that a receiver can drop what it has already. */
  readonly id: string;
  /** `null` for what is about no account: a digest, a test. */
  readonly accountId: string | null;
  readonly accountName: string | null;
  /** `null` for what is about an account itself. */
  readonly taskId: string | null;
  /** Plain text, times in the recipient's zone. It may hold what others wrote: senders make it harmless for their format. */
  readonly text: string;
  /** Exchange time of what happened, ms since epoch. */
  readonly atMs: number;
  /** To arrive without a sound. */
  readonly isSilent: boolean;
}

/** What came of one attempt. `said` is for people and holds no part of the address. */
export type SendOutcome =
  /** @property reference the receiver's own name of the message, if it gives one */
  | { readonly kind: 'delivered'; readonly reference?: string }
  /** It may go later. @property retryAfterMs as the receiver asked for; `null` when it did not */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null; readonly said: string }
  /** This channel will never take this message. */
  | { readonly kind: 'refused'; readonly said: string };

export interface AlertSender<Kind extends ChannelKind = ChannelKind> {
  /**
   * Makes one attempt. A rejection counts as `later`, but its text is not shown to anybody.
   * @param signal ends the attempt; what was not known to be delivered by then is repeated
   */
  send(message: OutgoingAlert, address: ChannelAddress<Kind>, signal: AbortSignal): Promise<SendOutcome>;
}

/** `null`: the operator has not set up what this kind needs. */
export type AlertSenders = { readonly [Kind in ChannelKind]: AlertSender<Kind> | null };
