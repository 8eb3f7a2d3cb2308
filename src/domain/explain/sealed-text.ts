/** What people read of parts of a journal that are archived in files. */

interface Part {
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly place: string;
}

/** `versions 1–412 are archived at /archive/k7/…`; several files by their folder. @param parts at least one, in order */
export function sealedText(parts: readonly Part[]): string {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last) return 'nothing is archived';
  const where =
    parts.length === 1 ? first.place : `${first.place.replace(/[^/\\]*$/, '')} (${parts.length} files)`;
  return `versions ${first.fromVersion}–${last.toVersion} are archived at ${where}`;
}
