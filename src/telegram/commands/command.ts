/** What a command of the bot is: the word, what the list says of it, who may use it, and what it does. */
import type { Room } from '../room.ts';

export interface BotCommand {
  readonly name: string;
  /** As Telegram lists it. */
  readonly about: string;
  /** As it is listed for administrators, where they may do more. */
  readonly aboutForAdministrators?: string;
  readonly isForAdministrators?: boolean;
  /** Not in the list that people choose from. */
  readonly isHidden?: boolean;
  /** @param rest what was written behind the word */
  run(room: Room, rest: string): Promise<void>;
}

/** What the list says of it. */
export const aboutOf = (
  { about, aboutForAdministrators }: BotCommand,
  { isAdministrator }: { readonly isAdministrator: boolean },
): string => (isAdministrator ? (aboutForAdministrators ?? about) : about);
