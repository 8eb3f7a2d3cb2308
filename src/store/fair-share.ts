/**
 * How many slices a daemon should hold, so that all are held and nobody holds more than his share. Pure arithmetic:
 * whoever is below takes free ones, whoever is above gives some back, and nobody who has his share or less ever gives,
 * so it comes to rest.
 */
export interface Balance {
  /** How many free slices to take at most. */
  readonly room: number;
  /** How many to give back. */
  readonly surplus: number;
}

/** @param slices how many have accounts @param members daemons that share them @param held how many this one has */
export function balance(slices: number, members: number, held: number): Balance {
  const share = Math.ceil(slices / Math.max(members, 1));
  return { room: Math.max(share - held, 0), surplus: Math.max(held - share, 0) };
}
