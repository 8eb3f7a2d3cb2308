/**
 * What moves money is asked back, with its figures, and done when the same person presses Confirm in time: once, however
 * often and wherever it is pressed. What is to be done stands in a row; this file owns how it is carried out.
 */
import { z } from 'zod';
import { addTask } from '../application/add-task.ts';
import { answerApproval } from '../application/answer-approval.ts';
import { askTask } from '../application/ask-task.ts';
import { editTask } from '../application/edit-task.ts';
import { previewTask } from '../application/preview-task.ts';
import { removeTask } from '../application/remove-task.ts';
import type { CommandResult } from '../application/send-command.ts';
import { changedPreview, type ShownTrade } from '../application/shown-trade.ts';
import { tradeNow } from '../application/trade-now.ts';
import { banUser } from '../application/user-access.ts';
import { BadInput } from '../domain/errors.ts';
import { carryOutHalt, haltShape, type HaltAction } from './halting.ts';
import { failureText } from './texts/failure-text.ts';
import { bold, foreign, page, type Page, type Part } from './page.ts';
import { previewParts } from './texts/preview-text.ts';
import { commandIdOf, portsSendingOnce, show, type Room } from './room.ts';

const goodForMs = 120_000;

const shown = z.object({
  to: z.string().nullable(),
  netCredit: z.string().nullable(),
  premium: z.string(),
});
const account = z.object({ name: z.string(), userName: z.string() });
const actionShape = z.discriminatedUnion('kind', [
  haltShape,
  z.object({ kind: z.literal('add'), account, spec: z.unknown() }),
  z.object({ kind: z.literal('edit'), taskId: z.string(), spec: z.unknown() }),
  z.object({ kind: z.literal('remove'), taskId: z.string() }),
  z.object({
    kind: z.literal('answer'),
    taskId: z.string(),
    approvalId: z.string(),
    answer: z.enum(['approve', 'decline']),
  }),
  z.object({
    kind: z.literal('ask'),
    taskId: z.string(),
    what: z.enum(['resume', 'retry', 'reopen', 'acceptFlat']),
  }),
  z.object({ kind: z.literal('rollNow'), taskId: z.string(), rule: z.string().nullable(), shown }),
  z.object({ kind: z.literal('closeNow'), taskId: z.string(), shown }),
  z.object({ kind: z.literal('ban'), userName: z.string(), reason: z.string() }),
]);
export type Action = z.output<typeof actionShape>;

const isHalt = (action: Action): action is HaltAction => action.kind === 'halt' || action.kind === 'resume';

/** Shows what would be done with [Confirm] and [Cancel]. */
export async function askBack(room: Room, parts: readonly Part[], action: Action): Promise<void> {
  const { memory, visit } = room;
  const id = await memory.ask({
    ...visit.place,
    action,
    askedByUpdate: visit.updateId,
    goodForMs,
  });
  const asked = page(
    [...parts, '\n\nGood for 2 minutes.'],
    [
      [
        { text: 'Confirm', data: `y:${id}` },
        { text: 'Cancel', data: `n:${id}` },
      ],
    ],
  );
  await show(room, asked);
}

/** Button data that this bot did not make is no question of ours. */
const isQuestionId = (text: string): boolean => /^[\w-]{1,40}$/.test(text);
const neverAsked = { kind: 'not asked' } as const;

/** Handles a press on one of the two buttons. */
export async function answerBack(room: Room, id: string, answer: 'confirm' | 'cancel'): Promise<void> {
  const { memory, messenger, visit } = room;
  const { input, place, updateId } = visit;
  if (input.kind !== 'press') return;
  const answered = isQuestionId(id) ? await memory.answer(place, { id, answer, updateId }) : neverAsked;
  switch (answered.kind) {
    case 'counts':
      break;
    case 'answered before': {
      const was = answered.answer === 'confirm' ? 'confirmed' : 'cancelled';
      await messenger.answerPress(input.queryId, `This was ${was} before. Nothing more was done.`);
      return;
    }
    case 'too late':
      await messenger.answerPress(input.queryId, 'Too late: nothing was done. Ask again.');
      await show(room, 'Not confirmed in time. Nothing was done.');
      return;
    case 'not asked':
      await messenger.answerPress(input.queryId, 'Only the person who asked can answer this.');
      return;
  }
  await messenger.answerPress(input.queryId);
  if (answer === 'cancel') {
    await show(room, 'Cancelled. Nothing was done.');
    return;
  }
  const action = actionShape.safeParse(answered.action);
  await show(room, action.success ? await carriedOut(room, id, action.data) : 'This can no longer be done.');
}

/** Does it, and says what came of it. */
async function carriedOut(room: Room, id: string, action: Action): Promise<Page | string> {
  try {
    // What was sent before a restart is not judged again: it has changed what a preview would show.
    const changed = (await wasSent(room, id)) ? null : await changedSince(room, action);
    if (changed !== null) return changed;
    if (isHalt(action)) return await carryOutHalt(room, action);
    if (action.kind === 'ban') {
      const { name } = await banUser(room.caller, room.ports, action);
      return `${foreign(name, 60)} is banned. /unban lets the user in again.`;
    }
    return resultPage(await perform(room, id, action));
  } catch (error) {
    const text = failureText(error);
    if (text === null) throw error;
    return text;
  }
}

/** The command of this question is stored already. */
const wasSent = ({ ports, botId }: Room, id: string): Promise<boolean> =>
  ports.commands.awaitAnswer(commandIdOf({ botId }, id, 1), 0).then(
    () => true,
    (error: unknown) => {
      if (error instanceof BadInput) return false;
      throw error;
    },
  );

function perform(
  room: Room,
  id: string,
  action: Exclude<Action, { kind: 'ban' } | HaltAction>,
): Promise<CommandResult> {
  const { caller, waitMs } = room;
  const ports = portsSendingOnce(room, id);
  switch (action.kind) {
    case 'add':
      return addTask(caller, ports, {
        account: action.account,
        spec: action.spec,
        waitMs,
        requestId: `telegram-${room.botId}-${id}`,
      });
    case 'edit':
      return editTask(caller, ports, { taskId: action.taskId, spec: action.spec, waitMs });
    case 'answer': {
      const { taskId, approvalId, answer } = action;
      return answerApproval(caller, ports, { taskId, approvalId, answer, waitMs });
    }
    case 'remove':
      return removeTask(caller, ports, { taskId: action.taskId, waitMs });
    case 'ask':
      return askTask(caller, ports, { taskId: action.taskId, kind: action.what, waitMs });
    case 'rollNow':
      return tradeNow(caller, ports, {
        taskId: action.taskId,
        trade: { kind: 'rollNow', rule: action.rule },
        waitMs,
      });
    case 'closeNow':
      return tradeNow(caller, ports, { taskId: action.taskId, trade: { kind: 'closeNow' }, waitMs });
  }
}

/** Where a trade would be another one, or dearer, than the person has seen: what it would be now. `null` otherwise. */
async function changedSince(room: Room, action: Action): Promise<Page | string | null> {
  if (action.kind !== 'rollNow' && action.kind !== 'closeNow') return null;
  const { taskId } = action;
  const trade = action.kind === 'rollNow' ? { kind: action.kind, rule: action.rule } : { kind: action.kind };
  const reply = await previewTask(room.caller, room.ports, { taskId, trade, waitMs: room.waitMs });
  const preview = reply?.kind === 'advice' ? reply.advice.asked : null;
  if (preview === null) {
    const why =
      reply === null ? 'no daemon has answered' : reply.kind === 'refused' ? reply.reason : reply.advice.now;
    return `Not done: ${foreign(why, 300)}. Nothing was traded.`;
  }
  const change = changedPreview(action.shown satisfies ShownTrade, preview);
  if (change === null) return null;
  const parts = previewParts(preview, room.ports.rules);
  return page([
    'Not done: ',
    bold(change),
    '. Nothing was traded. It would be now:\n\n',
    ...parts,
    `\n\nAsk again: /task ${taskId}`,
  ]);
}

function resultPage({ taskId, status, answer }: CommandResult): Page {
  const words = {
    done: 'Done',
    refused: 'Refused',
    queued: 'Waiting: no daemon has answered yet. It will be done as soon as one does',
  };
  const text = answer === null ? '' : `: ${foreign(answer, 600)}`;
  return page(
    [bold(words[status]), `${text}.`.replace(/\.\.$/, '.')],
    [[{ text: 'Show the task', data: `t:${taskId}` }]],
  );
}
