/** The rates that an account pays for trades of options, by base coin (docs/exchange.md#fees). */
import { z } from 'zod';
import type { AccountFees } from '../../../domain/market/fee-rates.ts';
import { decimal, readDecimal } from '../../../domain/money.ts';
import { Terminal } from '../../../domain/errors.ts';
import type { RestChannel } from './rest.ts';

const rate = z
  .union([z.string(), z.number()])
  .transform((value) => readDecimal(String(value)))
  .catch(null);
const feeRates = z.object({
  list: z.array(z.object({ baseCoin: z.string().catch(''), takerFeeRate: rate, makerFeeRate: rate })),
});

/** A rate beyond this is a mistake; some makers are paid, so it may be below zero. */
const rateMax = '0.01';
const isRate = (value: string): boolean => decimal(value).abs().lessThanOrEqualTo(rateMax);

/**
 * Coins whose rates cannot be read are left out.
 * @returns none where the exchange does not say, as in demo trading
 * @throws Retryable, or Terminal (scope `account`) when the key is not accepted
 */
export async function feeRatesOf(rest: RestChannel): Promise<AccountFees> {
  try {
    const request = {
      subject: 'read the fee rates',
      path: '/v5/account/fee-rate',
      params: { category: 'option' },
    } as const;
    const { result } = await rest.read(request, feeRates);
    return Object.fromEntries(
      result.list.flatMap(({ baseCoin, makerFeeRate: maker, takerFeeRate: taker }) =>
        /^[A-Z0-9]{1,20}$/.test(baseCoin) &&
        maker !== null &&
        taker !== null &&
        isRate(maker) &&
        isRate(taker)
          ? [[baseCoin, { maker, taker }]]
          : [],
      ),
    );
  } catch (error) {
    if (error instanceof Terminal && error.scope !== 'account') return {};
    throw error;
  }
}
