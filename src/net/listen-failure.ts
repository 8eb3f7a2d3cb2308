/** Why a server cannot listen where it was told to, in words that name what to change. */

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface ListenFailure {
  /** Which of the two is wrong. */
  readonly wrong: keyof Place;
  readonly found: string;
  /** What would be right. */
  readonly expected: string;
}

/** `null` when the error is about something else. */
export function listenFailure(error: unknown, { host, port }: Place): ListenFailure | null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRNOTAVAIL') return { wrong: 'host', found: host, expected: 'an address of this machine' };
  if (code !== 'EADDRINUSE' && code !== 'EACCES') return null;
  const why = code === 'EACCES' ? 'which this user may not listen at' : 'where another program listens';
  return { wrong: 'port', found: `${String(port)}, ${why}`, expected: 'a free port' };
}
