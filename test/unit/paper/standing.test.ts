/** The account that a newcomer gets on the daemon's own paper exchange. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { exchangeRules } from '../../../src/daemon/venue.ts';
import { parseTaskSpec } from '../../../src/domain/spec/task-spec.ts';
import { bundledTapePath } from '../../../src/exchange/paper/bundled-tape.ts';
import { standingAccount } from '../../../src/exchange/paper/standing.ts';
import { readTape } from '../../../src/exchange/paper/tape.ts';
import { packageFile } from '../../../src/files/package-files.ts';

const key = { apiKey: 'k', apiSecret: 's' };
const symbolsAt = (nowMs: number, price?: number) =>
  standingAccount(key, price === undefined ? { nowMs } : { nowMs, price }).positions?.map(
    ({ side, symbol }) => `${side} ${symbol}`,
  );

it('holds a short call above and a short put below the market, on the walk as on a tape', () => {
  expect(symbolsAt(Date.UTC(2026, 10, 29, 12))).toEqual([
    'Sell BTC-25DEC26-64000-C-USDT',
    'Sell BTC-25DEC26-56000-P-USDT',
  ]);
  expect(symbolsAt(Date.UTC(2023, 2, 21), 28_110.26)).toEqual([
    'Sell BTC-28APR23-30000-C-USDT',
    'Sell BTC-28APR23-26000-P-USDT',
  ]);
  expect(symbolsAt(Date.UTC(2013, 2, 21), 70)).toEqual([]);
});

it.each(['roll', 'strangle', 'asked-first'])(
  'on the tape that comes with the package holds what examples/%s.yaml manages',
  (name) => {
    const tape = readTape({ path: bundledTapePath });
    const { symbol, legs = [{ symbol }] } = parseTaskSpec(
      parse(readFileSync(packageFile(`examples/${name}.yaml`), 'utf8')) as unknown,
      exchangeRules,
    );
    expect(symbolsAt(tape.startMs, tape.minute(0)?.open)).toEqual(
      expect.arrayContaining(legs.map((leg) => `Sell ${leg.symbol}`)),
    );
  },
);
