/** Whether a message is to arrive without a sound: as the channel says for its kind, or because it is night. */
import { localMs } from '../domain/zones.ts';
import { dayMs, minuteMs } from '../domain/units.ts';
import type { DueDelivery, QuietHours } from '../ports/deliveries.ts';

/** Critical alerts are heard at night, too. */
export const isSilent = (
  delivery: Pick<DueDelivery, 'isSilent' | 'quietHours' | 'severity' | 'timeZone'>,
  nowMs: number,
): boolean =>
  delivery.isSilent ||
  (delivery.severity !== 'critical' &&
    delivery.quietHours !== null &&
    isWithin(delivery.quietHours, (localMs(nowMs, delivery.timeZone) % dayMs) / minuteMs));

/** @param minute of the day; hours with equal ends are the whole day */
function isWithin({ from, until }: QuietHours, minute: number): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(until)];
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

function minuteOf(clock: string): number {
  const [hours = '0', minutes = '0'] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}
