/**
 * The user whose rights the embedded server runs with. Postgres refuses to run as root, so a root process starts it as an
 * existing unprivileged user (initdb needs a name for its uid; measured: the server itself does not). No user is created,
 * and no directory is opened up for that user: binaries are copied to where it can reach them, and a server that cannot
 * reach its cluster by path is started inside it.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Terminal } from '../../domain/errors.ts';

/** The user to drop to; null = the server runs as ourselves. */
export interface ServerIdentity {
  readonly uid: number;
  readonly gid: number;
}

/** An existing cluster keeps its owner; a new one gets `nobody`, or another unprivileged user. */
export async function serverIdentity(clusterDir: string): Promise<ServerIdentity | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(clusterDir).catch(() => null);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return unprivilegedUser(await readFile('/etc/passwd', 'utf8').catch(() => ''));
}

/** @param passwd the text of /etc/passwd */
export function unprivilegedUser(passwd: string): ServerIdentity {
  const users = passwd.split('\n').flatMap((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return Number(uid) > 0 && Number(gid) > 0 ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
  const chosen = users.find(({ name }) => name === 'nobody') ?? users.at(-1);
  return chosen ? { uid: chosen.uid, gid: chosen.gid } : { uid: 65534, gid: 65534 };
}

/** Whether that user may enter the directory, by mode bits; without an identity it may. */
export async function canEnter(identity: ServerIdentity | null, directory: string): Promise<boolean> {
  if (!identity) return true;
  const { uid, gid, mode } = await stat(directory);
  const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || canEnter(identity, parent);
}

/** How a directory is given to the server's programs. */
export interface ServerPath {
  readonly path: string;
  readonly cwd: string;
}

/** Names the directory that a process works in, which needs no permission on the directories above. */
export const ownDirectory = '/proc/self/cwd';

/**
 * The directory as that user can name it. Below a directory that the user cannot enter (`/root`, mode 0700) the server is
 * started inside: the directory is changed before the rights are dropped, and on Linux the server can name where it is.
 * @throws Terminal where that is needed and impossible.
 */
export async function serverPathOf(identity: ServerIdentity | null, directory: string): Promise<ServerPath> {
  if (await canEnter(identity, dirname(directory))) return { path: directory, cwd: '/' };
  if (process.platform === 'linux') return { path: ownDirectory, cwd: directory };
  throw new Terminal(
    `Postgres does not run as root, and uid ${identity?.uid ?? ''} cannot enter ${dirname(directory)}. ` +
      'Choose a data directory every user can enter, or do not run as root.',
  );
}
