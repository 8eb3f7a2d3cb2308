/** Why a task did not roll though it came near: the last few answers, newest first, as they are persisted with it. */
export interface Reason {
  /** Kind of answer, so that the same one is not told again and again. */
  readonly code: string;
  readonly text: string;
  readonly atMs: number;
  /** When a person last heard of it. */
  readonly toldAtMs: number | null;
}

const keptMax = 5;
const retellAfterMs = 3_600_000;

/** The same kind of answer replaces its last one; `toldAtMs` of which it keeps. */
export function noted(
  reasons: readonly Reason[],
  { code, text, atMs }: Omit<Reason, 'toldAtMs'>,
): readonly Reason[] {
  const [last] = reasons;
  const isSame = last?.code === code;
  const rest = isSame ? reasons.slice(1) : reasons;
  return [{ code, text, atMs, toldAtMs: isSame ? last.toldAtMs : null }, ...rest].slice(0, keptMax);
}

/** The newest answer is of another kind than the last one told, or that was long ago. */
export function isToBeTold([last]: readonly Reason[]): boolean {
  return last !== undefined && (last.toldAtMs === null || last.atMs - last.toldAtMs >= retellAfterMs);
}

export const told = ([last, ...rest]: readonly Reason[]): readonly Reason[] =>
  last ? [{ ...last, toldAtMs: last.atMs }, ...rest] : [];
