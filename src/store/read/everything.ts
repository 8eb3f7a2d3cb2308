/** What the daemon and its tests may see: use cases say themselves how far their caller may look. */
import type { Scope } from '../../ports/directory.ts';

export const everything: Scope = { userId: null };
