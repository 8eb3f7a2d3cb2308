/** One run of a sweep, in a thread of its own. */
import { BadInput } from '../domain/errors.ts';
import { playJob } from './job.ts';
import type { SweepOutcome, SweepRun } from './sweep.ts';

/** A run that cannot begin returns the reason, so that the other runs continue. */
export default async function run({ job, prices }: SweepRun): Promise<SweepOutcome> {
  try {
    const { rolls, state, netCredit, fees, result, worstDrawdown } = await playJob(job, { prices });
    return {
      rolls: rolls.length,
      state,
      netCredit,
      fees,
      result: result.rolling,
      worstDrawdown: worstDrawdown.rolling,
      refusal: null,
    };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const refusal = error.issues.map(({ found }) => found.replaceAll(/\s+/g, ' ')).join('; ');
    return { rolls: 0, state: '', netCredit: '0', fees: '0', result: '0', worstDrawdown: '0', refusal };
  }
}
