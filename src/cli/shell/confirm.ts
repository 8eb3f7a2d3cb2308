/** Asks before something is done that cannot be taken back. Scripts say so with --yes. */
import { createInterface } from 'node:readline/promises';
import { isatty } from 'node:tty';
import { BadInput } from '../../domain/errors.ts';

/**
 * Whether the person wants it. The question goes to stderr, so that stdout stays what it is.
 * @throws BadInput where there is nobody to ask
 */
export async function confirmed(question: string, { yes }: { readonly yes: boolean }): Promise<boolean> {
  if (yes) return true;
  if (!isatty(0))
    throw new BadInput('This has to be confirmed', [
      { path: '--yes', found: 'nothing, and no terminal to ask at', expected: '--yes beside the choice' },
    ]);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}
