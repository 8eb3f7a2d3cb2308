/** `rollkeeper alerts`. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { listAlerts, type ListedAlert } from '../../application/list-alerts.ts';
import { BadInput } from '../../domain/errors.ts';
import { withStore } from '../shell/database.ts';
import { columnsOf, secondText, timeText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';

interface Options extends CommonOptions {
  readonly dead?: boolean;
  readonly task?: string;
  readonly limit: string;
}

/** Where nobody reads it at a terminal. */
const textUsualMax = 300;

export const alertsListCommand = (): Command =>
  new Command('list')
    .description('Show alerts, and what became of them at each channel')
    .option('--dead', 'only those that could not be delivered and were given up')
    .option('--task <id>', 'only those of this task')
    .option('--limit <number>', 'how many, the newest ones', '50')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const session = openSession(options);
      const wanted = { onlyDead: options.dead, taskId: options.task, limit: limitOf(options.limit) };
      const alerts = await withStore(session, (store) => listAlerts(operator, store, wanted));
      for (const alert of alerts) session.out.record(alert);
      if (alerts.length === 0) {
        session.out.say(options.dead === true ? 'Nothing was given up.' : 'There is no alert yet.');
        return;
      }
      const textMax = process.stdout.isTTY ? Math.max(30, columnsOf() - 60) : textUsualMax;
      session.out.table(
        ['TIME (UTC)', 'SEVERITY', 'ID', 'CHANNEL', 'STATE', 'ALERT'],
        alerts.map((alert) => [
          secondText(alert.atMs),
          alert.severity,
          alert.channel?.deliveryId ?? '-',
          alert.channel === null ? 'the log' : `${alert.channel.userName}/${alert.channel.name}`,
          stateOf(alert),
          shortened(
            `${alert.accountName === null ? '' : `${alert.accountName}: `}${alert.text.replaceAll('\n', ' ')}`,
            textMax,
          ),
        ]),
      );
      for (const { channel } of alerts)
        if (channel !== null && channel.said !== null && channel.state !== 'delivered')
          session.out.say(
            `\n${channel.deliveryId} at ${channel.userName}/${channel.name}: ${channel.said}${channel.nextAtMs === null ? '' : `; again at ${timeText(channel.nextAtMs)}`}`,
          );
      if (alerts.some(({ channel }) => channel?.state === 'dead'))
        session.out.next('rollkeeper alerts retry --all');
    });

function stateOf({ channel }: ListedAlert): string {
  if (channel === null) return '-';
  if (channel.state === 'dead') return `given up after ${channel.tries}`;
  return channel.state === 'waiting' && channel.tries > 0 ? `waiting, ${channel.tries} tries` : channel.state;
}

const shortened = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

function limitOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000) return Number(text);
  throw new BadInput('Wrong number of alerts', [
    { path: '--limit', found: JSON.stringify(text), expected: 'a whole number from 1 to 10000' },
  ]);
}

const help = `
One row for each alert and channel, oldest first. "the log": no channel wants this alert. STATE is waiting, delivered, given up
(after attempts of six hours, or because the receiver will never take it) or dropped (its channel was removed or switched off).

Examples:
  rollkeeper alerts
  rollkeeper alerts list --dead
  rollkeeper alerts --task k7m2p9qx4d --json      one JSON line per alert and channel

Exit codes: 0 shown · 1 failed · 2 no such task or wrong configuration`;
