/**
 * The `task add` command that a newcomer could type next. On the daemon's own paper exchange every account starts with two
 * short options, so the suggestion works there; elsewhere it only shows the form.
 */
import type { Config } from '../../config.ts';
import { exchangeRules } from '../../daemon/venue.ts';
import { add, decimal, toText } from '../../domain/money.ts';
import { shellWord } from '../shell/shell-word.ts';

export async function firstTask(config: Config, accountName: string): Promise<string> {
  const { symbol, trigger } = (await standingCall(config)) ?? {
    symbol: 'BTC-31MAR23-26000-C-USDT',
    trigger: '25500',
  };
  return `rollkeeper task add --account ${shellWord(accountName)} --symbol ${symbol} --trigger ${trigger} --target +1000`;
}

const aboveMarket = '500';

/** The account's short call, with a trigger above the first price, which is half-way between the strikes of both options. */
async function standingCall({ mode, exchange }: Config): Promise<{ symbol: string; trigger: string } | null> {
  if (mode !== 'paper' || exchange.restUrl !== null) return null;
  const { standingAccount } = await import('../../exchange/paper/standing.ts');
  const { positions = [] } = standingAccount({ apiKey: '', apiSecret: '' }, { nowMs: Date.now() });
  const options = positions.flatMap(({ symbol }) => {
    const option = exchangeRules.readSymbol(symbol);
    return option ? [{ symbol, ...option }] : [];
  });
  const call = options.find((option) => option.optionType === 'call');
  const put = options.find((option) => option.optionType === 'put');
  if (!call || !put) return null;
  const market = toText(decimal(call.strike).plus(put.strike).dividedBy(2));
  return { symbol: call.symbol, trigger: add(market, aboveMarket) };
}
