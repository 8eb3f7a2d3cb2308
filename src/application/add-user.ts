/** Adds a user. */
import type { User } from '../ports/directory.ts';
import { assertOperator, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** Only the operator may. @throws NotAllowed to users; BadInput when the name is unusable or taken */
export async function addUser(
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
  name: string,
): Promise<User> {
  assertOperator(caller, 'add users');
  return directory.addUser(name);
}
