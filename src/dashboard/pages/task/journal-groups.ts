/** Steps of a journal as they are shown: newest first, those of one roll together, pages that were read apart put together. Pure. */
import type { JournalStepView, JournalView } from '../../../api/contract.ts';

export interface StepGroup {
  /** `null`: between rolls. */
  readonly rollId: string | null;
  /** Newest first; at least one. */
  readonly steps: readonly JournalStepView[];
}

/** All steps once, oldest first: a journal only grows, so whatever page has a step has it as it is. */
export function joined(pages: readonly Pick<JournalView, 'steps'>[]): readonly JournalStepView[] {
  const byVersion = new Map(pages.flatMap(({ steps }) => steps.map((step) => [step.version, step] as const)));
  return [...byVersion.values()].sort((a, b) => a.version - b.version);
}

/** Newest first. The step that ends a roll belongs to it, though none is under way after it. */
export function grouped(steps: readonly JournalStepView[]): readonly StepGroup[] {
  const groups: { rollId: string | null; steps: JournalStepView[] }[] = [];
  for (const [place, step] of steps.entries()) {
    const before = steps[place - 1];
    const ends = step.rollId === null && before?.rollId != null && before.version === step.version - 1;
    const rollId = ends ? before.rollId : step.rollId;
    const current = groups.at(-1);
    if (current && current.rollId === rollId) current.steps.unshift(step);
    else groups.push({ rollId, steps: [step] });
  }
  return groups.reverse();
}

/** Which older page to read so that nothing is missing below what is there; `null` when it begins with the first that is stored. */
export function olderPage(
  steps: readonly JournalStepView[],
  size: number,
  firstStored: number,
): { readonly from: number; readonly limit: number } | null {
  const first = steps[0]?.version ?? 1;
  if (first <= firstStored) return null;
  const from = Math.max(firstStored, first - size);
  return { from, limit: first - from };
}
