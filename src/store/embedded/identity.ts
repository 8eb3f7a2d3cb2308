/**
 * Whose rights the embedded server runs with. Postgres refuses to run as root, so a root process hands it to an
 * unprivileged user that exists already (initdb wants a name for its uid; measured: the server itself does not).
 * Nobody is created, and no directory is opened up for that user: binaries and cluster go where it can reach them.
 */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

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
