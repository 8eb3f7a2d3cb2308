/** Who halted trading, since when and why, as a clause. */
import type { Halt } from '../halt.ts';

const scopes = { everything: 'everywhere', user: 'for its owner', account: 'in this account' } as const;

/** To the minute, in UTC. */
export const minuteText = (atMs: number): string =>
  new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');

/** Without a full stop. */
export function haltText({ cause, scope, by, reason, sinceMs }: Halt): string {
  const since = `since ${minuteText(sinceMs)} UTC`;
  if (cause === 'accessEnded') return `the access of its owner has ended (${since})`;
  if (cause === 'notArmed') return 'it trades real money and is not armed';
  const words = reason === null ? '' : `: ${reason}`;
  if (cause === 'banned') return `its owner is banned ${since}${words}`;
  return `trading is halted ${scopes[scope]} ${since} by ${by ?? 'nobody'}${words}`;
}

/** What ends it, as a sentence. */
export function wayOutOf({ cause, scope }: Halt): string {
  if (cause === 'accessEnded') return 'An administrator can prolong the access.';
  if (cause === 'banned') return 'An administrator can lift the ban.';
  if (cause === 'notArmed') return 'To arm it: rollkeeper arm --account NAME';
  const of = { everything: '', user: ' --user NAME', account: ' --account NAME' }[scope];
  return `To go on: rollkeeper resume${of}`;
}

/** For people who ask why an account does not trade. */
export const haltLine = (account: string, halt: Halt): string =>
  `Account ${account}: ${haltText(halt)}. ${wayOutOf(halt)}`;
