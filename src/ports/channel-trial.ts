/** Trying a channel out: whether its address can be used at all, and what the receiver says to a test. */
import type { ChannelAddress, ChannelKind, OutgoingAlert, SendOutcome } from './channels.ts';

export interface ChannelTrial {
  /** Why nothing will ever be sent to this address, as far as can be seen without sending; `null` when nothing is seen. */
  refusalOf<Kind extends ChannelKind>(kind: Kind, address: ChannelAddress<Kind>): Promise<string | null>;
  /** Makes one attempt, of some seconds at most. Never rejects. */
  send<Kind extends ChannelKind>(
    kind: Kind,
    address: ChannelAddress<Kind>,
    message: OutgoingAlert,
  ): Promise<SendOutcome>;
}
