/** Sets the zone in which a user reads times, and in which quiet hours and the digest are meant. */
import { BadInput } from '../domain/errors.ts';
import { isZone } from '../domain/zones.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import { ownUserName } from './own-user-name.ts';
import type { Ports } from './ports.ts';

export interface WantedZone {
  /** Left out: the caller, or for the operator the only user. */
  readonly userName?: string | undefined;
  /** A name of the IANA database. */
  readonly timeZone: string;
}

/** @throws NotAllowed; NotFound when the caller sees no such user; BadInput for what is no zone */
export async function setTimeZone(
  caller: Caller,
  { channels, directory }: Pick<Ports, 'channels' | 'directory'>,
  { userName: wanted, timeZone }: WantedZone,
): Promise<{ readonly userName: string }> {
  assertRight(caller, 'manage');
  const userName = await ownUserName(caller, { directory }, wanted);
  if (!isZone(timeZone))
    throw new BadInput('There is no such time zone', [
      {
        path: 'zone',
        found: JSON.stringify(timeZone.slice(0, 100)),
        expected: 'a name like Europe/Berlin, or UTC',
      },
    ]);
  await channels.setTimeZone({ userName, timeZone }, scopeOf(caller), actOf(caller));
  return { userName };
}
