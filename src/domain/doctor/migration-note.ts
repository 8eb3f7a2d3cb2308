/** What a migration says of itself: whether it can be undone, and whether daemons of older versions may go on running after it. */
export interface MigrationNote {
  readonly name: string;
  /** What an undo loses; `null` when there is no way back. */
  readonly undo: string | null;
  /** Why there is none; `null` when there is one. */
  readonly noWayBack: string | null;
  readonly older: {
    /** They go on as before, with what the text says, or not at all. */
    readonly kind: 'goOn' | 'limited' | 'stop';
    /** Begins with `go on` or `must stop first`. */
    readonly text: string;
  };
  readonly hasUndoStatements: boolean;
}
