/**
 * Every version of the roll machine that this program has, oldest first; new tasks begin with the last one. A version that
 * changes what is stored gets a place here beside the older ones, which stay for as long as any database may hold a task
 * or a journal of theirs: daemons go on with it, and replays play it, because it stands here.
 */
import { rollMachine } from './roll.machine.ts';

export const rollVersions: readonly (typeof rollMachine)[] = [rollMachine];
