/** Work that one process among all daemons of a database does, and another takes over when that one is gone. */
export interface Duty {
  /**
   * Waits until this process may do it, for ever if need be, and calls `work`; again whenever the right was lost and is had
   * again. Never rejects.
   * @param work ends soon after `signal` is aborted: then another process may be doing it. If it ends by itself or fails, it
   * is begun again after a while
   * @returns gives the right back, after `work` has ended
   */
  hold(work: (signal: AbortSignal) => Promise<void>): { close(): Promise<void> };
}
