/** `/alerts`: the last alerts, and how loud this chat is; `/zone`: in which zone times are read. */
import { editChannel } from '../../application/edit-channel.ts';
import { listAlerts } from '../../application/list-alerts.ts';
import { listChannels } from '../../application/list-channels.ts';
import { setTimeZone } from '../../application/set-time-zone.ts';
import type { Channel } from '../../ports/channel-book.ts';
import { bold, foreign, page, type Button, type Page, type Part } from '../page.ts';
import { say, show, type Room } from '../room.ts';
import { timeIn } from '../texts/table.ts';
import type { BotCommand } from './command.ts';

const shownMax = 8;

export const alertsCommand: BotCommand = {
  name: 'alerts',
  about: 'the last alerts; how loud this chat is',
  run: async (room) => {
    await say(room, await alertsPage(room));
  },
};

/** The person's chat with the bot; of several the first. */
const chatOf = async ({ caller, ports }: Room): Promise<Channel | null> =>
  (await listChannels(caller, ports)).find(({ kind }) => kind === 'telegram') ?? null;

async function alertsPage(room: Room): Promise<Page> {
  const { caller, ports, zone } = room;
  const rows = await listAlerts(caller, ports, { limit: 60 });
  const seen = new Map(rows.map((row) => [row.alertId ?? `${row.atMs}`, row]));
  const last = [...seen.values()].slice(-shownMax).reverse();
  const parts: Part[] = [bold('Alerts'), last.length === 0 ? '\nNone so far.' : ', newest first'];
  for (const { atMs, text, severity, taskId } of last)
    parts.push(
      `\n${marks[severity]} ${timeIn(atMs, zone, room.nowMs())} ${foreign(text, 240)}${taskId === null ? '' : ` /task ${taskId}`}`,
    );
  const dead = rows.filter(({ channel }) => channel?.state === 'dead').length;
  if (dead > 0) parts.push(`\n\n⚠ ${dead} could not be delivered to one of your channels.`);
  const chat = await chatOf(room);
  parts.push('\n\n', ...chatParts(chat));
  return page(parts, chat === null ? [] : chatButtons(chat));
}

const marks = { critical: '🔴', warning: '🟡', info: 'ℹ️' } as const;

function chatParts(chat: Channel | null): readonly Part[] {
  if (chat === null) return ['No chat of yours receives alerts. Write /start to the bot in private.'];
  const { noise, quietHours, digestAt, timeZone, isEnabled } = chat;
  const level = {
    critical: 'critical ones alone',
    warning: 'warnings and critical ones',
    info: 'everything',
  };
  return [
    bold('This chat'),
    isEnabled ? `\nreceives ${level[noise]}` : '\nis switched off',
    quietHours === null ? '' : `\nwithout a sound from ${quietHours.from} to ${quietHours.until}`,
    digestAt === null ? '\nno daily digest' : `\ndigest every day at ${digestAt}`,
    `\ntimes of ${timeZone} (/zone)`,
  ];
}

const chatButtons = ({ noise, quietHours, digestAt, isEnabled }: Channel): Button[][] => [
  (['critical', 'warning', 'info'] as const).map((level) => ({
    text: `${level === noise && isEnabled ? '✓ ' : ''}${{ critical: 'Critical', warning: 'Warnings', info: 'All' }[level]}`,
    data: `l:${level}`,
  })),
  [
    quietHours === null
      ? { text: 'Silent 22–07', data: 'l:quiet' }
      : { text: 'Sound at night', data: 'l:loud' },
    digestAt === null
      ? { text: 'Digest at 08:00', data: 'l:digest' }
      : { text: 'No digest', data: 'l:nodigest' },
  ],
  [isEnabled ? { text: 'Switch off', data: 'l:off' } : { text: 'Switch on', data: 'l:on' }],
];

const settingsOf: Readonly<Record<string, Parameters<typeof editChannel>[2]['settings']>> = {
  critical: { noise: 'critical', isEnabled: true },
  warning: { noise: 'warning', isEnabled: true },
  info: { noise: 'info', isEnabled: true },
  quiet: { quiet: '22:00-07:00' },
  loud: { quiet: 'none' },
  digest: { digest: '08:00' },
  nodigest: { digest: 'none' },
  off: { isEnabled: false },
  on: { isEnabled: true },
};

/** @param what one of the buttons under the alerts */
export async function pressAlerts(room: Room, what: string): Promise<void> {
  const { input } = room.visit;
  const settings = Object.hasOwn(settingsOf, what) ? settingsOf[what] : undefined;
  const chat = await chatOf(room);
  if (input.kind !== 'press') return;
  await room.messenger.answerPress(input.queryId);
  if (settings && chat) await editChannel(room.caller, room.ports, { name: chat.name, settings });
  await show(room, await alertsPage(room));
}

export const zoneCommand: BotCommand = {
  name: 'zone',
  about: 'your time zone, like /zone Europe/Berlin',
  run: async (room, rest) => {
    const { caller, ports, channels, zone } = room;
    const [timeZone = ''] = rest.split(/\s+/);
    if (timeZone === '') {
      await say(room, `Times are of ${zone}. Another one: /zone Europe/Berlin`);
      return;
    }
    await setTimeZone(caller, ports, { timeZone });
    channels.forget(caller);
    await say(room, `Times are of ${foreign(timeZone, 60).replaceAll('\u2215', '/')} from now on.`);
  },
};
