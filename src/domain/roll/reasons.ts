/** Why a task did not roll though it came near: the last few reasons, newest first, as they are persisted with it. */
import type { Reason } from '../reason.ts';

export interface NotedReason extends Reason {
  /** Reasons of one kind are one piece of news, whatever their figures are. */
  readonly kind: string;
  readonly atMs: number;
  /** When a person was last alerted of it. */
  readonly alertedAtMs: number | null;
}

const keptMax = 5;
const alertAgainAfterMs = 3_600_000;

/** The same kind of reason replaces its last one; `alertedAtMs` of which it keeps. */
export function noteReason(
  reasons: readonly NotedReason[],
  reason: Omit<NotedReason, 'alertedAtMs'>,
): readonly NotedReason[] {
  const { kind, code, figures, atMs } = reason;
  const [last] = reasons;
  const isSame = last?.kind === kind;
  const rest = isSame ? reasons.slice(1) : reasons;
  return [{ kind, code, figures, atMs, alertedAtMs: isSame ? last.alertedAtMs : null }, ...rest].slice(
    0,
    keptMax,
  );
}

/** The newest reason is of another kind than the last one alerted, or that was long ago. */
export function isAlertDue([last]: readonly NotedReason[]): boolean {
  return (
    last !== undefined && (last.alertedAtMs === null || last.atMs - last.alertedAtMs >= alertAgainAfterMs)
  );
}

/** The newest reason as alerted, at its own time. */
export const markAlerted = ([last, ...rest]: readonly NotedReason[]): readonly NotedReason[] =>
  last ? [{ ...last, alertedAtMs: last.atMs }, ...rest] : [];
