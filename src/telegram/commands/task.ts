/** `/task`: one task with why, preview and ledger, and what can be done with it. */
import { accountForTask } from '../../application/account-for-task.ts';
import { askTask } from '../../application/ask-task.ts';
import { explainTask } from '../../application/explain-task.ts';
import { previewTask } from '../../application/preview-task.ts';
import { showTask } from '../../application/show-task.ts';
import { shownTrade } from '../../application/shown-trade.ts';
import { stuckText } from '../../domain/explain/resolution-text.ts';
import { surveyTasks } from '../../application/survey-tasks.ts';
import type { TradeWish } from '../../domain/rules/rule.ts';
import { enter, type Steps } from '../dialogues/dialogue.ts';
import { bold, foreign, page, plainPage, type Part } from '../page.ts';
import { askBack } from '../questions.ts';
import { portsSendingOnce, say, show, type Room } from '../room.ts';
import { previewParts } from '../texts/preview-text.ts';
import { taskChoices } from '../texts/status-text.ts';
import {
  backButton,
  ledgerParts,
  taskButtons,
  taskParts,
  whyParts,
  type Reading,
} from '../texts/task-text.ts';
import { optionText } from '../texts/table.ts';
import type { BotCommand } from './command.ts';

const readingOf = ({ ports, zone, nowMs }: Room): Reading => ({ rules: ports.rules, zone, nowMs: nowMs() });

export const taskCommand: BotCommand = {
  name: 'task',
  about: 'one task: why, preview, pause, roll, edit',
  run: async (room, rest) => {
    if (rest !== '') return showTaskPage(room, rest.split(/\s/, 1)[0] ?? '');
    const tasks = await surveyTasks(room.caller, room.ports, { waitMs: 1_000 });
    const text = tasks.length === 0 ? 'No task. /add makes one.' : 'Which task?';
    await say(room, plainPage(text, taskChoices(tasks, room.ports.rules)));
  },
};

async function showTaskPage(room: Room, taskId: string): Promise<void> {
  const task = await showTask(room.caller, room.ports, taskId);
  await show(room, page(taskParts(task, readingOf(room)), taskButtons(task)));
}

/** @param data `TASK`, which opens a message of its own, or `TASK:VERB`, which answers in the one that was pressed */
export async function pressTask(room: Room, steps: Steps, data: string): Promise<void> {
  const [taskId = '', verb] = data.split(':');
  const { input } = room.visit;
  if (input.kind !== 'press') return;
  await room.messenger.answerPress(input.queryId);
  if (verb === undefined) {
    const task = await showTask(room.caller, room.ports, taskId);
    await say(room, page(taskParts(task, readingOf(room)), taskButtons(task)));
    return;
  }
  if (Object.hasOwn(verbs, verb)) await verbs[verb]?.(room, taskId, steps);
}

type Verb = (room: Room, taskId: string, steps: Steps) => Promise<void>;

const verbs: Readonly<Record<string, Verb>> = {
  page: (room, taskId) => showTaskPage(room, taskId),
  why: async (room, taskId) => {
    const { caller, ports, waitMs } = room;
    const explanation = await explainTask(caller, ports, { taskId, waitMs });
    await show(room, page(whyParts(explanation, readingOf(room)), backButton(taskId)));
  },
  preview: async (room, taskId) => {
    const { caller, ports, waitMs } = room;
    const reply = await previewTask(caller, ports, { taskId, waitMs });
    const parts: Part[] = [bold('What a roll would be now'), '\n'];
    if (reply === null) parts.push('No daemon has answered: nothing can be said.');
    else if (reply.kind === 'refused') parts.push(`Nothing can be said now: ${foreign(reply.reason, 300)}`);
    else
      for (const { name, does, preview } of reply.advice.rules) {
        if (reply.advice.rules.length > 1) parts.push('\n', bold(foreign(name, 60)), `: ${does}\n`);
        parts.push(...(preview ? previewParts(preview, ports.rules) : [`${reply.advice.now}.`]), '\n');
      }
    await show(room, page(parts, backButton(taskId)));
  },
  ledger: async (room, taskId) => {
    const { caller, ports, waitMs } = room;
    const account = await accountForTask(caller, ports, { taskId, waitMs });
    const parts = account
      ? ledgerParts(account, readingOf(room))
      : ['No daemon has managed this task yet, so its ledger is empty.'];
    await show(room, page(parts, backButton(taskId)));
  },
  /** Stops rolls, so it is done at once. */
  pause: async (room, taskId) => {
    const { caller, waitMs, visit } = room;
    const ports = portsSendingOnce(room, String(visit.updateId));
    const { status, answer } = await askTask(caller, ports, { taskId, kind: 'pause', waitMs });
    const said = status === 'queued' ? 'waiting for a daemon' : (answer ?? status);
    await show(room, plainPage(`Pause: ${foreign(said, 300)}.`, backButton(taskId)));
  },
  resume: (room, taskId) =>
    askTaskBack(room, taskId, { what: 'resume', text: 'It will roll again whenever its trigger holds.' }),
  approve: (room, taskId) => askApproval(room, taskId, 'approve'),
  decline: (room, taskId) => askApproval(room, taskId, 'decline'),
  retry: (room, taskId) =>
    askTaskBack(room, taskId, {
      what: 'retry',
      text: 'The roll is tried again at once, at the prices of that moment.',
    }),
  reopen: (room, taskId) =>
    askTaskBack(room, taskId, { what: 'reopen', text: 'What was closed is opened again in the old option.' }),
  flat: (room, taskId) =>
    askTaskBack(room, taskId, {
      what: 'acceptFlat',
      text: 'What was closed stays closed, and the task is over.',
    }),
  roll: (room, taskId) => askTrade(room, taskId, { kind: 'rollNow', rule: null }),
  close: (room, taskId) => askTrade(room, taskId, { kind: 'closeNow' }),
  remove: async (room, taskId) => {
    const { symbol, side, qty } = await showTask(room.caller, room.ports, taskId);
    const what = `${side ?? ''} ${qty} ${optionText(symbol, room.ports.rules)}`.trim();
    const parts = [bold('Remove the task?'), `\n${what} is left as it is, and nobody watches it any more.`];
    await askBack(room, parts, { kind: 'remove', taskId });
  },
  edit: async (room, taskId, steps) => {
    await enter(room, steps, { step: 'edit.spec', data: { taskId } });
  },
};

async function askTaskBack(
  room: Room,
  taskId: string,
  { what, text }: { readonly what: 'resume' | 'retry' | 'reopen' | 'acceptFlat'; readonly text: string },
): Promise<void> {
  const { symbol, side, qty, now } = await showTask(room.caller, room.ports, taskId);
  const held = `${side ?? ''} ${qty} ${optionText(symbol, room.ports.rules)}`.trim();
  const words = { resume: 'Resume', retry: 'Retry', reopen: 'Reopen', acceptFlat: 'Accept flat' };
  await askBack(room, [bold(`${words[what]} ${held}?`), `\nNow: ${now}.\n${text}`], {
    kind: 'ask',
    taskId,
    what,
  });
}

/** Shows the question that stands, so that the answer is to that one alone. */
async function askApproval(room: Room, taskId: string, answer: 'approve' | 'decline'): Promise<void> {
  const { stuck } = await showTask(room.caller, room.ports, taskId);
  if (stuck?.code !== 'approvalWanted') {
    await show(room, plainPage('The task asks nothing now.', backButton(taskId)));
    return;
  }
  const { approvalId } = stuck.figures as { readonly approvalId: string };
  const head = answer === 'approve' ? 'Roll?' : 'Skip?';
  await askBack(room, [bold(head), `\nThe task waits for ${stuckText(stuck)}.`], {
    kind: 'answer',
    taskId,
    approvalId,
    answer,
  });
}

/** Shows what it would cost, and asks; nothing is asked when it cannot be done. */
async function askTrade(room: Room, taskId: string, trade: TradeWish): Promise<void> {
  const { caller, ports, waitMs } = room;
  const reply = await previewTask(caller, ports, { taskId, trade, waitMs });
  const preview = reply?.kind === 'advice' ? reply.advice.asked : null;
  if (preview === null || preview.would === 'nothing') {
    const why =
      reply === null
        ? 'no daemon has answered'
        : reply.kind === 'refused'
          ? reply.reason
          : (preview?.reason ?? reply.advice.now);
    await show(room, plainPage(`This cannot be done now: ${foreign(why, 300)}.`, backButton(taskId)));
    return;
  }
  const parts = [
    ...previewParts(preview, ports.rules),
    '\nThese are the prices of this moment. What is paid in the end comes with the fills.',
  ];
  const shown = shownTrade(preview);
  await askBack(
    room,
    parts,
    trade.kind === 'rollNow'
      ? { kind: 'rollNow', taskId, rule: trade.rule, shown }
      : { kind: 'closeNow', taskId, shown },
  );
}
