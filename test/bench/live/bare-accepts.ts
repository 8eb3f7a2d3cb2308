/** The paper exchange's bare accept rate: starts the process that only sends, and takes the time it took. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const childPath = fileURLToPath(new URL('./bare-load.ts', import.meta.url));

export interface BareOrder {
  readonly url: string;
  /** Accounts that no daemon knows; their orders go round. */
  readonly prefix: string;
  readonly accounts: number;
  readonly total: number;
  /** Limit of every order. */
  readonly price: string;
  /** Begins every link id, which the exchange takes only once. */
  readonly mark: string;
  /** Exchange time less this computer's. */
  readonly skewMs: number;
}

/** @returns ms from the first order sent to the last one acknowledged */
export async function bareAcceptsMs(order: BareOrder): Promise<number> {
  const child = fork(childPath, { execArgv: ['--import', 'tsx'] });
  const gone = once(child, 'exit');
  try {
    child.send(order);
    const took = once(child, 'message').then(([tookMs]) => tookMs as number);
    const ended = gone.then(([code]) => new Error(`the bare load ended with ${String(code)}`));
    const outcome = await Promise.race([took, ended]);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}
