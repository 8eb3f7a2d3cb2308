/** Who a person of Telegram is here, and how one comes in: by a voucher, with a channel for alerts at once. */
import { admitIdentity } from '../application/admit.ts';
import { redeemVoucher } from '../application/redeem-voucher.ts';
import type { Ports } from '../application/ports.ts';
import { VoucherRefused } from '../domain/request-errors.ts';
import { plainText } from '../domain/foreign-text.ts';
import type { Bot, Person } from './bot.ts';
import type { ChatChannels } from './chat-channels.ts';
import { foreign } from './page.ts';
import { timeIn } from './texts/table.ts';
import type { Visit } from './visit.ts';

export interface DoorOptions {
  readonly ports: Ports;
  readonly channels: ChatChannels;
}

const sourceOf = (personId: string): string => `telegram ${personId}`;

export const openDoor = ({ ports, channels }: DoorOptions): Pick<Bot, 'admit' | 'redeem' | 'welcome'> => ({
  admit: (personId) => admit({ ports, channels }, personId),
  redeem: async (visit: Visit, code: string) => {
    const { personId, chatId } = visit.place;
    try {
      const { caller, userName, isNew, accessUntilMs } = await redeemVoucher(ports, {
        code,
        identity: { kind: 'telegram', id: personId, name: visit.personName },
        from: sourceOf(personId),
      });
      await channels.open(caller, chatId);
      const zone = await channels.zoneOf(caller);
      const until =
        accessUntilMs === null ? 'without end' : `until ${timeIn(accessUntilMs, zone, 0)} ${zone}`;
      const year = accessUntilMs === null ? '' : ` ${new Date(accessUntilMs).getUTCFullYear()}`;
      const text = `${isNew ? 'Welcome' : 'Thank you'}, ${foreign(userName, 60)}. You have access ${until}${year}.`;
      return { text, person: { caller, zone } };
    } catch (error) {
      if (!(error instanceof VoucherRefused)) throw error;
      // By this person, and perhaps in a daemon that was killed before it opened the chat for alerts.
      if (error.refusal.kind === 'redeemedBefore') {
        const { caller } = await admit({ ports, channels }, personId);
        if (caller.kind === 'user') await channels.open(caller, chatId);
      }
      return { text: refusalText(error), person: null };
    }
  },
  welcome: (caller, chatId) => channels.open(caller, chatId),
});

async function admit({ ports, channels }: DoorOptions, personId: string): Promise<Person> {
  const caller = await admitIdentity(ports, { kind: 'telegram', id: personId, from: sourceOf(personId) });
  return { caller, zone: caller.kind === 'user' ? await channels.zoneOf(caller) : 'UTC' };
}

function refusalText({ message, refusal }: VoucherRefused): string {
  const said = plainText(message);
  if (refusal.kind === 'unknown' && refusal.untilMs === null)
    return `${said}. ${refusal.triesLeft === 1 ? 'One try is' : `${refusal.triesLeft} tries are`} left.`;
  const untilMs = 'untilMs' in refusal ? refusal.untilMs : null;
  return untilMs === null
    ? `${said}.`
    : `${said}. No code of yours is looked at before ${timeIn(untilMs, 'UTC', Date.now())} UTC.`;
}
