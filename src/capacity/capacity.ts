/** Estimates how much one daemon can handle on this machine, from measurements on a scratch database that is dropped again. */
import { connectionLimits, requestLimits } from '../exchange/bybit/rest/request-budget.ts';
import { withScratchDatabase } from '../store/scratch-database.ts';
import type { StoreLog } from '../store/log.ts';
import { calibrate } from './calibrate.ts';
import { estimate, type Calibration, type Capacity } from './estimate.ts';

/** @throws BadInput when no scratch database may be created beside `databaseUrl` */
export async function measureCapacity(
  databaseUrl: string,
  log: StoreLog,
): Promise<{ readonly measured: Calibration; readonly capacity: Capacity }> {
  const measured = await withScratchDatabase(databaseUrl, log, (scratchUrl) => calibrate(scratchUrl, log));
  const capacity = estimate(measured, {
    requestsPerSecondOfAddress: (requestLimits.address.limit * 1_000) / requestLimits.address.windowMs,
    createsPerSecondOfAccount: requestLimits.account['/v5/order/create'],
    amendsPerSecondOfAccount: requestLimits.account['/v5/order/amend'],
    newConnectionsPerSecond: (connectionLimits.limit * 1_000) / connectionLimits.windowMs,
  });
  return { measured, capacity };
}
