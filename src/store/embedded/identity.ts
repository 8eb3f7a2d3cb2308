/**
 * Whose rights the embedded server runs with. Postgres refuses to run as root, so a root process hands it to an
 * unprivileged user that exists already (initdb wants a name for its uid; measured: the server itself does not).
 * Nobody is created, and no directory is opened up for that user: binaries are copied where it can reach them, and a
 * cluster it cannot reach by its path it is put into.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Terminal } from '../../domain/errors.ts';

/** The user to drop to; null = the server runs as ourselves. */
export interface ServerIdentity {
  readonly uid: number;
  readonly gid: number;
}

/** An existing cluster keeps its owner; a new one gets `nobody`, or whatever unprivileged user there is. */
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

/** Can that user walk into the directory? Judged by mode bits; without an identity the answer is yes. */
export async function canEnter(identity: ServerIdentity | null, directory: string): Promise<boolean> {
  if (!identity) return true;
  const { uid, gid, mode } = await stat(directory);
  const bit = uid === identity.uid ? 0o100 : gid === identity.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || canEnter(identity, parent);
}

/** How the server's programs are told of a directory. */
export interface ServerPath {
  readonly path: string;
  readonly cwd: string;
}

/** Follows the process, not the path: it needs no permission on the directories above. */
export const ownDirectory = '/proc/self/cwd';

/**
 * The directory as that user can name it. Under a directory it cannot enter (`/root`, mode 0700) it is started inside:
 * we change the directory before the rights are dropped, and Linux lets it name where it is.
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
