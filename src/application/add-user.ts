/** Adds a user. */
import type { User } from '../ports/directory.ts';
import { actOf, assertAdministrator, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** Only an administrator or the operator may. @throws NotAllowed to others; BadInput when the name is unusable or taken */
export async function addUser(
  caller: Caller,
  { directory }: Pick<Ports, 'directory'>,
  name: string,
): Promise<User> {
  assertAdministrator(caller, 'add users');
  return directory.addUser(name, actOf(caller));
}
