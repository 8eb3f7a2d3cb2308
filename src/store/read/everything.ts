/** The scope of the daemon and of tests; use cases pass the scope of their caller. */
import type { Scope } from '../../ports/directory.ts';

export const everything: Scope = { userId: null };
