/** Who is an administrator: the configuration says so, of names of users and of ids at a messenger, and nothing else does. */
import { NotAllowed } from '../domain/request-errors.ts';
import type { Administrators } from '../ports/people.ts';

interface Named {
  readonly name: string;
  /** `telegram:12345`. */
  readonly identities: readonly string[];
}

export const isAdministrator = ({ names, identities }: Administrators, user: Named): boolean =>
  names.includes(user.name) || user.identities.some((identity) => identities.includes(identity));

/** @param what completes the error's sentence: "… cannot be banned" @throws NotAllowed */
export function assertNoAdministrator(administrators: Administrators, user: Named, what: string): void {
  if (!isAdministrator(administrators, user)) return;
  throw new NotAllowed(
    `${user.name} is an administrator and cannot ${what}: take them out of ADMINISTRATORS first and restart the daemons`,
  );
}
