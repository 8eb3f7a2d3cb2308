/** What a use case would not do, for a person in a chat: what was wrong with which value, and what to write instead. */
import { BadInput, messageOf } from '../../domain/errors.ts';
import { Ambiguous, AmbiguousTask, KeyTaken, NotAllowed, NotFound } from '../../domain/request-errors.ts';
import { plainText } from '../../domain/foreign-text.ts';
import { foreign } from '../page.ts';

/** @returns `null` for a failure that is not the person's: it belongs into the log */
export function failureText(error: unknown): string | null {
  if (error instanceof NotFound) return missing(error);
  if (error instanceof NotAllowed) return `${plainText(messageOf(error), 200)}.`;
  if (error instanceof AmbiguousTask) {
    const ids = error.matches.map(({ taskId }) => taskId).join(', ');
    return `Several tasks begin so: ${ids}. Write more of the id.`;
  }
  if (error instanceof Ambiguous) return 'Several accounts have this name. Ask an owner to rename one.';
  if (error instanceof KeyTaken)
    return 'This key, or another key of the same account at the exchange, is in use here already. Two of them would trade the same positions twice.';
  if (error instanceof BadInput) return inputText(error);
  return null;
}

const shownMax = 4;

function inputText({ message, issues }: BadInput): string {
  const lines = issues
    .slice(0, shownMax)
    .map(
      ({ path, found, expected }) =>
        `• ${plainText(path, 60)}: found ${foreign(found, 120)}, expected ${plainText(expected, 240)}`,
    );
  const more = issues.length > shownMax ? [`and ${issues.length - shownMax} more`] : [];
  const head = plainText(message.split('\n', 1)[0] ?? '', 120);
  return [`${head}.`, ...lines, ...more].join('\n');
}

function missing({ what, sought }: NotFound): string {
  const named = `“${foreign(sought, 40)}”`;
  if (what === 'task') return `There is no task ${named}. /task lists yours.`;
  if (what === 'channel') return `There is no channel ${named}.`;
  if (what === 'account') return `There is no account ${named}. /accounts lists yours.`;
  return `There is no ${what} ${named}.`;
}
