/** Asking the owning daemon what a task would do now and why it did not before, and waiting for its answer. */
import type { Advice } from '../../domain/explain/advice.ts';
import type { Store } from '../../store/store.ts';

export interface AdviceWanted {
  readonly accountId: string;
  readonly taskId: string;
  /** Of a position that is not in care yet. */
  readonly spec: unknown;
  readonly waitSeconds: number;
}

export type AdviceAnswer =
  | { readonly kind: 'advice'; readonly advice: Advice }
  | { readonly kind: 'refused'; readonly reason: string }
  /** No daemon has answered in time. */
  | { readonly kind: 'none' };

export async function askAdvice(
  store: Store,
  { accountId, taskId, spec, waitSeconds }: AdviceWanted,
): Promise<AdviceAnswer> {
  const commandId = await store.tasks.ask({ accountId, taskId, kind: 'preview', payload: spec });
  const answer = await store.tasks.awaitAnswer(commandId, waitSeconds * 1_000);
  if (answer === null) return { kind: 'none' };
  if (answer.status === 'refused') return { kind: 'refused', reason: answer.text };
  return { kind: 'advice', advice: JSON.parse(answer.text) as Advice };
}
