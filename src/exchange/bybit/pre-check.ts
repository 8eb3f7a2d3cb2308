/**
 * What an answer of `/v5/order/pre-check` means (docs/exchange.md#margin): rates after the order, its refusal, or that orders are
 * not checked here. Which codes refuse an order is in errors.ts.
 */
import { z } from 'zod';
import { messageOf, Terminal } from '../../domain/errors.ts';
import { divide, type DecimalString } from '../../domain/money.ts';
import type { PreCheck } from '../../domain/market/pre-check.ts';
import { figure } from './messages.ts';

/** No such route or operation, demo trading, and isolated margin, in which an order is refused whatever its size. */
const notOfferedCodes: ReadonlySet<string> = new Set(['10017', '10032', '10404', '3200403', 'HTTP 404']);

/** Whole numbers of a ten-thousandth: 357 is 3.57 %. */
const rateUnits = '10000';

/** An answer without its rates cannot be read. */
export const checkedRow = z.object({
  postImrE4: figure.pipe(z.string()),
  postMmrE4: figure.pipe(z.string()),
});

/** What comes with a refusal for margin; other refusals have none of it. */
const refusedRates = z.object({ post_imr_e4: figure.catch(null), post_mmr_e4: figure.catch(null) });

export const checkOf = ({ postImrE4, postMmrE4 }: z.output<typeof checkedRow>): PreCheck => ({
  kind: 'rates',
  initialRateAfter: rateOf(postImrE4),
  maintenanceRateAfter: rateOf(postMmrE4),
});

/**
 * @param extra `retExtInfo` of the answer
 * @throws the error itself when it is no answer about this order: nothing came, or the account is refused
 */
export function refusedCheckOf(error: unknown, extra: unknown): PreCheck {
  if (!(error instanceof Terminal)) throw error;
  if (notOfferedCodes.has(error.code)) return { kind: 'notOffered' };
  if (error.scope === 'account') throw error;
  const rates = refusedRates.safeParse(extra);
  const rate = (given: DecimalString | null): DecimalString | null => given && rateOf(given);
  return {
    kind: 'refused',
    scope: error.scope,
    words: messageOf(error),
    exchangeCode: error.code,
    initialRateAfter: rate(rates.success ? rates.data.post_imr_e4 : null),
    maintenanceRateAfter: rate(rates.success ? rates.data.post_mmr_e4 : null),
  };
}

const rateOf = (tenThousandths: DecimalString): DecimalString => divide(tenThousandths, rateUnits);
