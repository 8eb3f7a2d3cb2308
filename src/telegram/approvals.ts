/** The buttons under a question whether to roll: they answer it as any other surface does, and go when it is over. */
import { plainPage } from './page.ts';
import { show, type Room } from './room.ts';

/** @param data `ROW:r` to roll or `ROW:s` to skip */
export async function answerApproval(room: Room, data: string): Promise<void> {
  const { input, place } = room.visit;
  if (input.kind !== 'press') return;
  const [id = ''] = data.split(':');
  const asked = /^\d{1,18}$/.test(id) ? await room.memory.approval(id) : null;
  if (asked?.chatId !== place.chatId) {
    await room.messenger.answerPress(input.queryId, 'This question is over.');
    return;
  }
  await room.messenger.answerPress(input.queryId);
  await show(room, plainPage(asked.text));
}
