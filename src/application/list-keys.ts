/** Which encryption keys seal how many secrets, and which of them are configured here. */
import type { KeyReport } from '../ports/key-keeping.ts';
import { assertOperator, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

/** Only the operator may. @throws NotAllowed */
export async function listKeys(caller: Caller, { keys }: Pick<Ports, 'keys'>): Promise<KeyReport> {
  assertOperator(caller, 'list encryption keys');
  return keys.report();
}
