/** `rollkeeper tail`: what happens, as it happens. */
import { Command } from 'commander';
import { operator } from '../../application/caller.ts';
import { follow, type Followed } from '../../application/follow.ts';
import { haltText } from '../../domain/explain/halt-text.ts';
import { withStore } from '../shell/database.ts';
import { secondText } from '../shell/output.ts';
import { openSession, type CommonOptions } from '../shell/session.ts';
import { untilStopped } from './until-stopped.ts';

export const tailCommand = (): Command =>
  new Command('tail')
    .description('Show what happens as it happens: steps of tasks, alerts, halts, daemons')
    .option('--task <id>', 'only this task: its id, or as much of it as is unique')
    .addHelpText('after', help)
    .action(async (options: CommonOptions & { readonly task?: string }) => {
      const session = openSession(options, { watches: true });
      const { out } = session;
      await untilStopped((signal) =>
        withStore(session, async (store) => {
          const happened = follow(operator, store, { taskId: options.task, signal });
          for await (const each of happened) {
            out.record(each);
            out.say(lineOf(each));
          }
        }),
      );
    });

function lineOf(each: Followed): string {
  switch (each.kind) {
    case 'step':
      return `${secondText(each.step.atMs)}  ${each.account} ${each.taskId}  ${each.step.text}`;
    case 'alert': {
      const { atMs, accountName, taskId, severity, text } = each.alert;
      const about = [accountName, taskId].filter((part) => part !== null).join(' ');
      return `${secondText(atMs)}  ${about}  ${severity} alert: ${text.replaceAll('\n', ' ')}`;
    }
    case 'halt':
      return `${secondText(Date.now())}  ${each.account}  ${
        each.halts.length === 0 ? 'nothing halts it any more' : each.halts.map(haltText).join('; ')
      }`;
    case 'daemon':
      return `${secondText(Date.now())}  daemon ${each.name} ${each.isHere ? 'is here' : 'is gone'}`;
    case 'away':
      return `${secondText(Date.now())}  ${each.said}; what happens meanwhile follows`;
  }
}

const help = `
Steps are those of the journal, with the exchange's time in UTC. They are read from the database, so a daemon that is restarted or a
connection that is lost costs nothing but time: what happened meanwhile follows, within half a minute at most. It needs no token. Ctrl-C
ends it.

Examples:
  rollkeeper tail
  rollkeeper tail --task k7m2p9qx4d
  rollkeeper tail --json | jq 'select(.kind == "alert")'

With --json: {"kind":"step","taskId":…,"account":…,"step":{"version":…,"state":…,"text":…}}, {"kind":"alert","alert":{…}},
{"kind":"halt","account":…,"halts":[…]}, {"kind":"daemon","name":…,"isHere":…} or {"kind":"away","said":…}

Exit codes: 0 ended by a signal · 1 failed · 2 no such task or wrong configuration`;
