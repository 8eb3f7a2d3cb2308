/** The buttons under a question whether to roll. They call the same use case as the command line, and are removed when the question is over. */
import { answerApproval as answer } from '../application/answer-approval.ts';
import { failureText } from './texts/failure-text.ts';
import { foreign, plainPage } from './page.ts';
import { portsSendingOnce, show, type Room } from './room.ts';

/** @param data `ROW:r` to roll or `ROW:s` to skip */
export async function answerApproval(room: Room, data: string): Promise<void> {
  const { input, place, updateId } = room.visit;
  if (input.kind !== 'press') return;
  const [id = '', choice = ''] = data.split(':');
  const asked = /^\d{1,18}$/.test(id) ? await room.memory.approval(id) : null;
  if (asked?.chatId !== place.chatId || (choice !== 'r' && choice !== 's')) {
    await room.messenger.answerPress(input.queryId, 'This question is over.');
    return;
  }
  const { taskId, approvalId, text } = asked;
  try {
    const { status, answer: said } = await answer(
      room.caller,
      portsSendingOnce(room, `approval-${updateId}`),
      { taskId, approvalId, answer: choice === 'r' ? 'approve' : 'decline', waitMs: room.waitMs },
    );
    await room.messenger.answerPress(input.queryId);
    const word = choice === 'r' ? 'Roll' : 'Skip';
    const what = status === 'queued' ? 'waiting for a daemon' : foreign(said ?? status, 300);
    await show(room, plainPage(`${text}\n\n${word}, answered here: ${what}.`.replace(/\.\.$/, '.')));
  } catch (error) {
    // Of who may not answer, the question stays as it is for those who may.
    const failure = failureText(error);
    if (failure === null) throw error;
    await room.messenger.answerPress(input.queryId, failure);
  }
}
