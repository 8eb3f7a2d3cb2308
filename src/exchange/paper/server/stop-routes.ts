/** `POST /v5/position/trading-stop` for options (docs/exchange.md#stops): whole position, market order, `0` takes a stop away. */
import { z } from 'zod';
import { decimalPattern } from '../../../domain/money.ts';
import { failure, refused, success, unknownKey } from './answers.ts';
import { tradingStopParameters, unsupported } from './order-parameters.ts';
import { parameterError, type Route } from './routes.ts';

const figureLengthMax = 40;
const price = z
  .string()
  .max(figureLengthMax, 'has too many digits')
  .refine((given) => given === '' || decimalPattern.test(given), 'must be a decimal string')
  .refine((given) => !given.startsWith('-'), 'cannot be less than 0')
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const body = z.object({
  category: z.literal('option', 'category is not supported here, only option'),
  symbol: z.string().min(1, 'symbol is required'),
  tpslMode: z.literal('Full', 'tpslMode invalid'),
  positionIdx: z.literal(0, 'position idx not match position mode'),
  takeProfit: price,
  stopLoss: price,
});

const tradingStop: Route = {
  method: 'POST',
  path: '/v5/position/trading-stop',
  isPrivate: true,
  perSecond: 10,
  isCommand: true,
  handle(input, { engine }, account) {
    if (!account) return unknownKey;
    const parsed = body.safeParse(input);
    if (!parsed.success) return parameterError(parsed.error);
    const refusal = unsupported(input, tradingStopParameters);
    if (refusal) return refused(refusal);
    const { symbol, takeProfit, stopLoss } = parsed.data;
    if (takeProfit === undefined && stopLoss === undefined)
      return failure(10001, 'params error: takeProfit or stopLoss is required');
    const prices = {
      ...(takeProfit !== undefined && { takeProfit }),
      ...(stopLoss !== undefined && { stopLoss }),
    };
    const problem = engine.setStops(account, symbol, prices);
    return problem ? refused(problem) : success({});
  },
};

export const stopRoutes: readonly Route[] = [tradingStop];
