/**
 * Conversations of several steps, kept in rows so that a restart does not end them. Each step shows itself and takes an
 * answer, a button or a text; this file owns where a person is, and that buttons of former steps do nothing.
 */
import { failureText } from '../texts/failure-text.ts';
import { page, type Button, type Part } from '../page.ts';
import { say, show, tokenOf, type Room } from '../room.ts';

export interface Choice {
  readonly label: string;
  /** Plain JSON: what the answer of the step gets. */
  readonly value: unknown;
}

export interface StepView {
  readonly parts: readonly Part[];
  readonly choices: readonly (readonly Choice[])[];
  /** It can be answered by writing. */
  readonly isTyped: boolean;
}

export type Answer =
  { readonly kind: 'choice'; readonly value: unknown } | { readonly kind: 'text'; readonly text: string };

export type Next =
  /** Goes on with this step. */
  | { readonly step: string; readonly data: object }
  /** It is over, and has said so. */
  | 'over'
  /** The same step again, after what is wrong was said. */
  | { readonly again: string };

export interface Step {
  /** @returns the next step where there is nothing to ask */
  view(room: Room, data: Record<string, unknown>): Promise<StepView | Next>;
  answer(room: Room, data: Record<string, unknown>, answer: Answer): Promise<Next>;
  /** What is written here is a secret or a key: the message is deleted before it is read. */
  readonly isSecret?: boolean;
}

export type Steps = Readonly<Record<string, Step>>;

const goodForMs = 30 * 60_000;

interface Kept {
  readonly data: Record<string, unknown>;
  readonly choices: readonly unknown[];
}

/**
 * Enters a step, in the message that was pressed or in a new one. A step that cannot be shown ends the dialogue.
 * @param at `isNew`: in a new message in any case
 */
export async function enter(
  room: Room,
  steps: Steps,
  at: { step: string; data: object; isNew?: boolean },
): Promise<void> {
  const { memory, visit } = room;
  const step = steps[at.step];
  if (!step) throw new Error(`there is no step ${at.step}`);
  const data = at.data as Record<string, unknown>;
  let view: StepView | Next;
  try {
    view = await step.view(room, data);
  } catch (error) {
    const text = failureText(error);
    if (text === null) throw error;
    await memory.endDialogue(visit.place);
    await show(room, text);
    return;
  }
  if (view === 'over' || 'step' in view || 'again' in view) return goOn(room, steps, { ...at, next: view });
  const token = tokenOf(`${visit.updateId} ${at.step} ${room.botId}`);
  const choices = view.choices.flat();
  const kept: Kept = { data, choices: choices.map(({ value }) => value) };
  await memory.keepDialogue(
    visit.place,
    { step: at.step, data: kept, token, messageId: null, updateId: visit.updateId },
    { goodForMs },
  );
  let place = -1;
  const rows = view.choices.map((row) =>
    row.map(({ label }): Button => {
      place += 1;
      return { text: label, data: `d:${token}:${place}` };
    }),
  );
  const hint = view.isTyped && !visit.isPrivate ? '\nAnswer by replying to this message.' : '';
  const asked = page([...view.parts, hint], [...rows, [{ text: 'Cancel', data: `d:${token}:x` }]]);
  const isHere = visit.input.kind === 'press' && at.isNew !== true;
  const messageId = isHere ? await show(room, asked) : await say(room, asked);
  await memory.noteDialogueMessage(visit.place, messageId);
}

async function goOn(
  room: Room,
  steps: Steps,
  { step, data, next }: { step: string; data: object; next: Next },
): Promise<void> {
  if (next === 'over') {
    await room.memory.endDialogue(room.visit.place);
    return;
  }
  if ('again' in next) {
    await say(room, next.again);
    await enter(room, steps, { step, data, isNew: true });
    return;
  }
  await enter(room, steps, next);
}

/** @param data `TOKEN:PLACE` or `TOKEN:x` of the button that was pressed */
export async function pressed(room: Room, steps: Steps, data: string): Promise<void> {
  const { memory, messenger, visit } = room;
  const { input, place } = visit;
  if (input.kind !== 'press') return;
  const dialogue = await memory.dialogue(place);
  const [token = '', choice = ''] = data.split(':');
  const isHere = dialogue?.token === token;
  if (dialogue !== null && !isHere && dialogue.updateId === visit.updateId) {
    // The update came again after it had led to the next step: that is shown once more.
    await messenger.answerPress(input.queryId);
    const { data: before } = dialogue.data as Kept;
    return enter(room, steps, { step: dialogue.step, data: before });
  }
  if (!isHere) {
    await messenger.answerPress(input.queryId, 'This question is over, or it is not yours.');
    return;
  }
  await messenger.answerPress(input.queryId);
  const kept = dialogue.data as Kept;
  if (choice === 'x') {
    await memory.endDialogue(place);
    await show(room, 'Cancelled. Nothing was changed.');
    return;
  }
  const step = steps[dialogue.step];
  const value = kept.choices[Number(choice)];
  if (!step || value === undefined) return;
  await answered(room, steps, { dialogue: dialogue.step, kept, answer: { kind: 'choice', value } });
}

/** @returns false when the person is in the middle of nothing here */
export async function written(room: Room, steps: Steps, text: string): Promise<boolean> {
  const { memory, messenger, visit } = room;
  const dialogue = await memory.dialogue(visit.place);
  if (dialogue === null) return false;
  const kept = dialogue.data as Kept;
  if (dialogue.updateId === visit.updateId) {
    await enter(room, steps, { step: dialogue.step, data: kept.data });
    return true;
  }
  const step = steps[dialogue.step];
  if (!step) return false;
  if (dialogue.messageId !== null) await messenger.withoutButtons(visit.place.chatId, dialogue.messageId);
  await answered(room, steps, { dialogue: dialogue.step, kept, answer: { kind: 'text', text } });
  return true;
}

async function answered(
  room: Room,
  steps: Steps,
  { dialogue, kept, answer }: { dialogue: string; kept: Kept; answer: Answer },
): Promise<void> {
  const step = steps[dialogue];
  if (!step) return;
  let next: Next;
  try {
    next = await step.answer(room, kept.data, answer);
  } catch (error) {
    const text = failureText(error);
    if (text === null) throw error;
    next = { again: text };
  }
  await goOn(room, steps, { step: dialogue, data: kept.data, next });
}

/** Whether what the person writes next is a secret. */
export async function awaitsSecret(room: Room, steps: Steps): Promise<boolean> {
  const dialogue = await room.memory.dialogue(room.visit.place);
  return dialogue !== null && steps[dialogue.step]?.isSecret === true;
}
