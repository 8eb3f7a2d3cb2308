/**
 * What Bybit announces of maintenance and incidents that concern options (docs/exchange.md#status). What is over, or concerns other
 * products alone, is left out.
 */
import { z } from 'zod';
import type { Maintenance } from '../../../domain/doctor/judge-surroundings.ts';
import { plainText } from '../../../domain/foreign-text.ts';
import type { RestChannel } from './rest.ts';

/** As the exchange numbers its products. */
const optionProduct = 3;
const titleLengthMax = 120;

const millis = z.coerce.number().int().positive().nullable().catch(null);
const row = z.object({
  title: z.string().catch(''),
  state: z.string(),
  begin: millis,
  end: millis,
  product: z.array(z.coerce.number()).catch([]),
});
const answer = z.object({ list: z.array(z.unknown()) });

/** @throws Retryable | Terminal; Retryable too where this exchange has no such endpoint */
export async function readMaintenance(rest: Pick<RestChannel, 'read'>): Promise<readonly Maintenance[]> {
  const request = { subject: 'read the system status', path: '/v5/system/status', params: {} } as const;
  const { result } = await rest.read(request, answer);
  return result.list.flatMap((raw) => {
    const parsed = row.safeParse(raw);
    return parsed.success ? maintenanceIn(parsed.data) : [];
  });
}

/** One that names no product concerns all of them. */
function maintenanceIn({ title, state, begin, end, product }: z.output<typeof row>): readonly Maintenance[] {
  if (product.length > 0 && !product.includes(optionProduct)) return [];
  if (state !== 'ongoing' && state !== 'scheduled') return [];
  return [{ title: plainText(title, titleLengthMax), state, beginMs: begin, endMs: end }];
}
