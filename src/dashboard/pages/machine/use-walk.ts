/** Where in a journal a person is: following the newest step, at one of them, or playing them one after the other. */
import { useCallback, useEffect, useState } from 'react';
import type { JournalStepView } from '../../../api/contract.ts';

export interface Walk {
  readonly index: number;
  readonly step: JournalStepView | null;
  /** Goes on with whatever comes. */
  readonly isFollowing: boolean;
  readonly isPlaying: boolean;
  readonly goTo: (index: number) => void;
  readonly goBy: (steps: number) => void;
  readonly follow: () => void;
  readonly togglePlaying: () => void;
}

const stepEveryMs = 700;

/** @param first a version to begin at; `null`: the newest, following */
export function useWalk(steps: readonly JournalStepView[], first: number | null): Walk {
  // Positions are kept as versions: earlier steps that are read later move the indexes.
  const [version, setVersion] = useState<number | null>(first);
  const [isPlaying, setPlaying] = useState(false);
  const newest = steps.length - 1;
  const index = version === null ? newest : nearestTo(version, steps);
  const goTo = useCallback(
    (wanted: number) => {
      const to = Math.min(Math.max(0, wanted), newest);
      setVersion(steps[to]?.version ?? null);
    },
    [newest, steps],
  );
  useEffect(() => {
    if (!isPlaying) return;
    if (index >= newest) {
      setPlaying(false);
      return;
    }
    const timer = setTimeout(() => goTo(index + 1), stepEveryMs);
    return () => clearTimeout(timer);
  }, [isPlaying, index, newest, goTo]);
  return {
    index,
    step: steps[index] ?? null,
    isFollowing: version === null,
    isPlaying,
    goTo: (wanted) => {
      setPlaying(false);
      goTo(wanted);
    },
    goBy: (by) => {
      setPlaying(false);
      goTo(index + by);
    },
    follow: () => {
      setPlaying(false);
      setVersion(null);
    },
    togglePlaying: () => {
      if (!isPlaying && index >= newest) goTo(0);
      if (!isPlaying && version === null && index < newest) goTo(index);
      setPlaying(!isPlaying);
    },
  };
}

function nearestTo(version: number, steps: readonly JournalStepView[]): number {
  const after = steps.findIndex((step) => step.version >= version);
  return after < 0 ? steps.length - 1 : after;
}

/** Left and right step, space plays, Home and End go to the ends: wherever no field or button takes the key itself. */
export function useWalkKeys(walk: Walk | null): void {
  useEffect(() => {
    if (walk === null) return;
    const listener = (event: KeyboardEvent): void => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (target.closest('input, select, textarea, dialog, [popover]')) return;
      if (event.key === ' ' && target.closest('button, a, summary')) return;
      const act = actOf(event.key, walk);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, [walk]);
}

function actOf(key: string, walk: Walk): (() => void) | null {
  switch (key) {
    case 'ArrowLeft':
      return () => walk.goBy(-1);
    case 'ArrowRight':
      return () => walk.goBy(1);
    case 'Home':
      return () => walk.goTo(0);
    case 'End':
      return walk.follow;
    case ' ':
      return walk.togglePlaying;
    default:
      return null;
  }
}
