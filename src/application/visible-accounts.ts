/** Which accounts a caller sees, by id, for what is sent while it happens. */
import { assertRight, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** @returns `null`: all that there are @throws NotAllowed to nobody */
export async function visibleAccounts(
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
): Promise<readonly string[] | null> {
  assertRight(caller, 'read');
  return directory.visibleAccounts(scopeOf(caller));
}
