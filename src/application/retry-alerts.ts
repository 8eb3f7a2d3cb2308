/** Sends alerts again that were given up. */
import { BadInput } from '../domain/errors.ts';
import { actOf, assertRight, scopeOf, type Caller } from './caller.ts';
import type { Ports } from './ports.ts';

export interface WantedRetry {
  /** Of deliveries, as `listAlerts` shows them; left out: all that were given up. */
  readonly deliveryIds?: readonly string[] | undefined;
}

/**
 * Only to the caller's own channels; the operator's retries are for everybody's.
 * @returns the ids of those that are sent again: the others were not given up, or their channel is gone
 * @throws NotAllowed; BadInput for what is no id
 */
export async function retryAlerts(
  caller: Caller,
  { outbox }: Pick<Ports, 'outbox'>,
  { deliveryIds }: WantedRetry,
): Promise<readonly string[]> {
  assertRight(caller, 'manage');
  const wrong = deliveryIds?.find((id) => !/^\d{1,18}$/.test(id));
  if (wrong !== undefined)
    throw new BadInput('There is no such delivery', [
      {
        path: 'id',
        found: JSON.stringify(wrong.slice(0, 50)),
        expected: 'the number of a delivery, as alerts are listed with',
      },
    ]);
  return outbox.retry(deliveryIds ?? null, scopeOf(caller), actOf(caller));
}
