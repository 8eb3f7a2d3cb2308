/** How encryption keys and what they seal are named on the command line. */
import type { KeyReport, KeyUse } from '../../ports/key-keeping.ts';

/** `12 accounts (live)`. */
export function useText({ kind, environment, secrets }: KeyUse): string {
  const noun = secrets === 1 ? kind : `${kind}s`;
  return `${secrets} ${noun}${environment === null ? '' : ` (${environment})`}`;
}

export const keyText = ({ keyId }: Pick<KeyUse, 'keyId'>): string => keyId ?? 'without a key id';

/** Rows whose key is here and does not open them. */
export function* changedRows({ uses }: KeyReport): Generator<string> {
  for (const { kind, changed } of uses)
    for (const { id, name } of changed)
      yield `The secret of ${kind} ${name} (id ${id}) does not open though its key is configured: its row was changed.`;
}
