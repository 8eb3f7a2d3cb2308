/** A sender for each kind of channel that this program has what it needs for. */
import type { Outgoing } from '../../net/outgoing.ts';
import type { AlertSender, AlertSenders } from '../../ports/channels.ts';
import { appriseSender } from './apprise.ts';
import { discordSender } from './discord.ts';
import { emailSender, type MailOptions } from './email.ts';
import { ntfySender } from './ntfy.ts';
import { slackSender } from './slack.ts';
import { webhookSender } from './webhook.ts';

export interface SenderOptions {
  readonly outgoing: Outgoing;
  /** `null` when the operator has no mail server. */
  readonly mail: MailOptions | null;
  /** The bot's; `null` without one. */
  readonly telegram: AlertSender<'telegram'> | null;
}

export const sendersOf = ({ outgoing, mail, telegram }: SenderOptions): AlertSenders => ({
  telegram,
  webhook: webhookSender(outgoing),
  ntfy: ntfySender(outgoing),
  slack: slackSender(outgoing),
  discord: discordSender(outgoing),
  apprise: appriseSender(outgoing),
  email: mail === null ? null : emailSender(mail),
});
