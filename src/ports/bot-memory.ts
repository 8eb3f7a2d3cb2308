/**
 * What a bot of a messenger remembers beyond the life of a daemon: which updates it has worked, what people are in the middle
 * of, what they were asked to confirm, and which messages go on to be edited. No secret is in it. Ids of chats, people and
 * messages are the messenger's, in digits. Every promise rejects with the database's error when it cannot be reached.
 */
export interface Place {
  readonly chatId: string;
  readonly personId: string;
}

/** What a person and the bot are in the middle of. */
export interface Dialogue {
  readonly step: string;
  /** Plain JSON. */
  readonly data: unknown;
  /** Stands in the buttons of this step. */
  readonly token: string;
  /** The message that shows the step; `null` when it is not known. */
  readonly messageId: string | null;
  /** The update that led here. */
  readonly updateId: number;
}

export interface NewQuestion extends Place {
  /** Plain JSON: what is done when the person confirms. */
  readonly action: unknown;
  readonly askedByUpdate: number;
  readonly goodForMs: number;
}

/** What came of a press. */
export type Answered =
  /** This press decides, now or when its update came before. */
  | { readonly kind: 'counts'; readonly action: unknown }
  /** Another press has decided before. */
  | { readonly kind: 'answered before'; readonly answer: 'confirm' | 'cancel' }
  | { readonly kind: 'too late' }
  /** There is no such question for this person in this chat. */
  | { readonly kind: 'not asked' };

export interface Board extends Place {
  readonly messageId: string;
  /** Ms since epoch, the database's clock. */
  readonly untilMs: number;
}

export interface AskedApproval {
  /** Short, for the buttons. */
  readonly id: string;
  readonly approvalId: string;
  readonly taskId: string;
  readonly chatId: string;
  readonly messageId: string | null;
  readonly text: string;
}

export interface StrangersCount {
  readonly people: number;
  readonly messages: number;
}

export interface BotMemory {
  /** To be called before an update is worked. `again`: it was begun, here or by another daemon, and perhaps not done. */
  begin(updateId: number): Promise<'new' | 'again' | 'done'>;
  finish(updateId: number): Promise<void>;

  /** `null` when there is none, or it has expired. */
  dialogue(place: Place): Promise<Dialogue | null>;
  /** Takes the place of the former one. */
  keepDialogue(place: Place, dialogue: Dialogue, options: { readonly goodForMs: number }): Promise<void>;
  noteDialogueMessage(place: Place, messageId: string): Promise<void>;
  /** @returns whether there was one */
  endDialogue(place: Place): Promise<boolean>;

  /** @returns the question's id: the same one for the same update */
  ask(question: NewQuestion): Promise<string>;
  /** The first answer that comes in time counts. */
  answer(
    place: Place,
    press: { readonly id: string; readonly answer: 'confirm' | 'cancel'; readonly updateId: number },
  ): Promise<Answered>;

  /** @returns the message of the board that this one replaces */
  openBoard(
    board: Place & { readonly messageId: string; readonly goodForMs: number },
  ): Promise<string | null>;
  boards(): Promise<readonly Board[]>;
  /** Does nothing when another message has become the board meanwhile. */
  closeBoard(board: Place & { readonly messageId: string }): Promise<void>;

  /** Stores that the question is shown in a chat; the same row for the same question and chat. */
  noteApproval(asked: Omit<AskedApproval, 'id' | 'messageId'>): Promise<AskedApproval>;
  noteApprovalMessage(id: string, messageId: string): Promise<void>;
  approval(id: string): Promise<AskedApproval | null>;
  /** Of one question, in this chat. */
  approvalIn(chatId: string, approvalId: string): Promise<AskedApproval | null>;

  /** Counts a message of an unknown person. @returns whether to answer: at most once an hour */
  noteStranger(personId: string): Promise<boolean>;
  strangers(): Promise<StrangersCount>;

  /** Deletes what is too old to matter: updates, questions, dialogues, strangers. */
  tidyUp(): Promise<void>;
}
