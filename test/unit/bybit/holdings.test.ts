import { describe, expect, test } from 'vitest';
import { readHolding } from '../../../src/exchange/bybit/symbols.ts';
import { positionRow, walletRow } from '../../../src/exchange/bybit/messages.ts';
import { coinQuantity, netQuantity, parsePosition } from '../../../src/exchange/bybit/parse.ts';

describe('A holding beside options is named', () => {
  test.each([
    ['BTCUSDT', { kind: 'perpetual', symbol: 'BTCUSDT', baseCoin: 'BTC' }],
    ['ethperp', { kind: 'perpetual', symbol: 'ETHPERP', baseCoin: 'ETH' }],
    [' sol ', { kind: 'coin', symbol: 'SOL', baseCoin: 'SOL' }],
    ['USDT', { kind: 'coin', symbol: 'USDT', baseCoin: 'USDT' }],
  ])('%s', (text, holding) => {
    expect(readHolding(text)).toEqual(holding);
  });

  test.each(['BTCUSD', 'BTC-31MAR23-26000-C-USDT', 'BTC-27DEC24', '', 'B'])('but not by "%s"', (text) => {
    expect(readHolding(text)).toBeNull();
  });
});

const perpetual = (side: string, size: string) =>
  parsePosition(positionRow.parse({ symbol: 'BTCUSDT', side, size, avgPrice: size === '0' ? '0' : '23500' }));

test.each([
  ['one-way mode', [perpetual('Sell', '0.3')], '-0.3'],
  ['hedge mode, one side of it', [perpetual('Buy', '0.5'), perpetual('', '0')], '0.5'],
  ['hedge mode, both sides', [perpetual('Buy', '0.5'), perpetual('Sell', '0.2')], '0.3'],
  ['no position', [], '0'],
])('A perpetual is counted net: %s', (_, rows, qty) => {
  expect(netQuantity(rows)).toBe(qty);
});

test.each([
  ['as the wallet has it', { walletBalance: '0.5' }, '0.5'],
  ['without what is borrowed', { walletBalance: '0.5', spotBorrow: '0.2' }, '0.3'],
  ['owed', { walletBalance: '', spotBorrow: '0.2' }, '-0.2'],
])('Coins are counted %s', (_, row, qty) => {
  const wallet = walletRow.parse({
    coin: [
      { coin: 'USDT', walletBalance: '9' },
      { coin: 'BTC', ...row },
    ],
  });
  expect(coinQuantity(wallet, 'BTC')).toBe(qty);
  expect(coinQuantity(wallet, 'ETH')).toBe('0');
});
