/** Seals every secret with the present encryption key. */
import type { KeyReport, RotationProgress } from '../ports/key-keeping.ts';
import { actOf, assertOperator, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface Rotation {
  /** How many secrets were sealed anew; 0 when all were already. */
  readonly resealed: number;
  /** How everything stands afterwards: what is left with another key, and why. */
  readonly report: KeyReport;
}

/**
 * May run while daemons run, be interrupted and repeated. Only the operator may.
 * @throws NotAllowed
 */
export async function rotateKeys(
  caller: Caller,
  { keys }: Pick<Ports, 'keys'>,
  onProgress: (progress: RotationProgress) => void = () => undefined,
): Promise<Rotation> {
  assertOperator(caller, 'change encryption keys');
  const { resealed } = await keys.rotate(onProgress, actOf(caller));
  return { resealed, report: await keys.report() };
}
