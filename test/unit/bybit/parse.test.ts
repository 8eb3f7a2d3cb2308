import { describe, expect, it } from 'vitest';
import { expiryDateMs } from '../../../src/exchange/bybit/symbols.ts';
import {
  executionRow,
  instrumentRow,
  optionTickerRow,
  orderRow,
  page,
  positionRow,
  walletRow,
} from '../../../src/exchange/bybit/messages.ts';
import {
  parseFill,
  parseInstrument,
  parseMargin,
  parseOrder,
  parsePosition,
  parseQuote,
  Unreadable,
} from '../../../src/exchange/bybit/parse.ts';

const symbol = 'BTC-27MAR26-70000-C-USDT';
const order = (fields: object = {}) =>
  parseOrder(
    orderRow.parse({
      symbol,
      orderLinkId: 'r1-close-01',
      side: 'Buy',
      orderStatus: 'PartiallyFilled',
      qty: '0.05',
      price: '1250',
      leavesQty: '0.03',
      cumExecQty: '0.02',
      avgPrice: '1245',
      cumExecFee: '0.4205',
      cancelType: 'UNKNOWN',
      rejectReason: 'EC_NoError',
      createdTime: '1700000000100',
      updatedTime: '1700000000150',
      ...fields,
    }),
  );

describe('an order', () => {
  it.each(['0.5', '-0.02'])('that is said to have executed %s of 0.05 is refused', (cumExecQty) => {
    expect(() => order({ cumExecQty })).toThrow('is impossible');
  });

  it('is reported in our words', () => {
    expect(order()).toEqual({
      linkId: 'r1-close-01',
      symbol,
      side: 'Buy',
      status: 'open',
      qty: '0.05',
      price: '1250',
      executedQty: '0.02',
      averagePrice: '1245',
      fee: '0.4205',
      reason: '',
      refusal: null,
      updatedAtMs: 1_700_000_000_150,
    });
  });

  it.each([
    ['New', 'open'],
    ['PartiallyFilled', 'open'],
    ['Untriggered', 'open'],
    ['Filled', 'filled'],
    ['Cancelled', 'cancelled'],
    ['PartiallyFilledCanceled', 'cancelled'],
    ['Deactivated', 'cancelled'],
    ['Rejected', 'rejected'],
  ])('that is %s is %s', (orderStatus, status) => {
    expect(order({ orderStatus }).status).toBe(status);
  });

  it.each(['Cancelled', 'Rejected'])('that is %s keeps its fills', (orderStatus) => {
    expect(order({ orderStatus, leavesQty: '0' }).executedQty).toBe('0.02');
  });

  it('that was cancelled untouched executed nothing, although its leavesQty is 0', () => {
    const cancelled = order({
      orderStatus: 'Cancelled',
      leavesQty: '0.000',
      cumExecQty: '0.000',
      avgPrice: '',
      cumExecFee: '',
      cancelType: 'CancelByUser',
      rejectReason: 'EC_PerCancelRequest',
    });
    expect(cancelled).toMatchObject({ executedQty: '0', averagePrice: '0', fee: '0' });
    expect(cancelled.reason).toBe('CancelByUser, EC_PerCancelRequest');
  });

  it.each([
    ['UNKNOWN', 'EC_PostOnlyWillTakeLiquidity', 'price'],
    ['CancelByCannotAffordOrderCost', 'EC_NoError', 'margin'],
    ['CancelByAccountBlocking', 'EC_NoError', 'account'],
    ['CancelByReduceOnly', 'EC_NoError', 'request'],
    ['CancelByDelivery', 'EC_NoError', 'symbol'],
    ['CancelByUser', 'EC_PerCancelRequest', null],
    ['UNKNOWN', 'EC_NoImmediateQtyToFill', null],
    ['CancelByUser', 'EC_NewInSomeLaterYear', null],
  ])('that the exchange ended with %s, %s was refused for %s', (cancelType, rejectReason, refusal) => {
    for (const orderStatus of ['Cancelled', 'Rejected'])
      expect(order({ orderStatus, cancelType, rejectReason }).refusal).toBe(refusal);
    expect(order({ orderStatus: 'New', cancelType, rejectReason }).refusal).toBeNull();
  });

  it('that is Filled with nothing executed is not believed', () => {
    expect(() => order({ orderStatus: 'Filled', cumExecQty: '0' })).toThrow('Filled with cumExecQty 0');
  });

  it('that was filled before a late cancel stays filled', () => {
    const second = order({
      orderStatus: 'Filled',
      cumExecQty: '0.05',
      leavesQty: '',
      cancelType: 'CancelByUser',
      rejectReason: 'EC_OrigClOrdIDDoesNotExist',
    });
    expect(second).toMatchObject({ status: 'filled', executedQty: '0.05', reason: '' });
  });

  it('that is over but does not say how much was executed is not guessed at', () => {
    expect(() => order({ orderStatus: 'Filled', cumExecQty: '' })).toThrow(Unreadable);
    expect(() => order({ orderStatus: 'Cancelled', cumExecQty: undefined })).toThrow(Unreadable);
  });

  it('that was triggered a moment ago is open', () => {
    expect(order({ orderStatus: 'Triggered' })).toMatchObject({ status: 'open' });
  });

  it('of an unknown status is not guessed at, whatever every object has by that name', () => {
    expect(() => order({ orderStatus: 'constructor' })).toThrow('unknown order status');
    expect(() => order({ orderStatus: 'Dreaming' })).toThrow('unknown order status "Dreaming"');
  });
});

describe('a fill', () => {
  it('is reported in our words', () => {
    const row = executionRow.parse({
      symbol,
      orderLinkId: 'r1-close-01',
      side: 'Buy',
      execId: 'e0cb',
      execFee: '1.0513',
      execPrice: '1245',
      execQty: '0.05',
      execTime: '1700000000150',
      execType: 'Trade',
    });
    expect(parseFill(row)).toEqual({
      execId: 'e0cb',
      linkId: 'r1-close-01',
      symbol,
      side: 'Buy',
      qty: '0.05',
      price: '1245',
      fee: '1.0513',
      atMs: 1_700_000_000_150,
    });
  });

  it.each([
    ['rows', [{ feeCoin: 'USDT', feeType: 'GST', fee: '1.5' }, { fee: '0.25' }]],
    ['the text of rows', '[{"feeCoin":"USDT","feeType":"GST","fee":"1.75"}]'],
  ])('costs its taxes, too, given as %s', (_, extraFees) => {
    const row = executionRow.parse({
      symbol,
      side: 'Sell',
      execId: '1',
      execQty: '0.1',
      execPrice: '900',
      execTime: '1',
      execFee: '1.05',
      extraFees,
    });
    expect(parseFill(row).fee).toBe('2.8');
  });

  it.each([undefined, null, '', 'garbage', '{}', [], [{}], { a: 1 }, 7])(
    'with extra fees of %j costs its fee',
    (extraFees) => {
      const row = executionRow.parse({
        symbol,
        side: 'Sell',
        execId: '1',
        execQty: '0.1',
        execPrice: '900',
        execTime: '1',
        execFee: '1.05',
        extraFees,
      });
      expect(parseFill(row).fee).toBe('1.05');
    },
  );

  it.each([
    { execQty: '0.5', orderQty: '0.05' },
    { execQty: '-0.05', orderQty: '0.05' },
    { execQty: '1e300' },
    { execQty: '0.05', execPrice: '-1' },
  ])('of %j is refused: no order executes more than was ordered', (fields) => {
    const row = { symbol, side: 'Buy', execId: '1', execPrice: '900', execTime: '1', ...fields };
    expect(() => parseFill(executionRow.parse(row))).toThrow(/is impossible|not a number/);
  });

  it('without an id, which could not be counted once, is refused', () => {
    expect(executionRow.safeParse({ symbol, side: 'Buy', execId: '' }).success).toBe(false);
  });
});

describe('a position', () => {
  it.each(['avgPrice', 'entryPrice'])('is read with its average price in %s', (name) => {
    const row = positionRow.parse({ symbol, side: 'Sell', size: '0.05', [name]: '1240.50' });
    expect(parsePosition(row)).toEqual({ symbol, side: 'Sell', qty: '0.05', averagePrice: '1240.5' });
  });

  it('of size 0 is flat, whatever else it says', () => {
    const row = positionRow.parse({ symbol, side: '', size: '0', avgPrice: '' });
    expect(parsePosition(row)).toEqual({ symbol, side: null, qty: '0', averagePrice: '0' });
  });

  it('without a side is not guessed at', () => {
    const row = positionRow.parse({ symbol, side: '', size: '0.05', avgPrice: '1240' });
    expect(() => parsePosition(row)).toThrow(Unreadable);
  });
});

describe('margin', () => {
  it('has no rates when the exchange leaves them empty', () => {
    const row = walletRow.parse({
      accountIMRate: '',
      accountMMRate: '0.0051',
      totalEquity: '10262.91',
      totalAvailableBalance: '',
      totalMarginBalance: '9684.46',
      totalInitialMargin: '127.86',
      totalMaintenanceMargin: '',
    });
    expect(parseMargin(row)).toEqual({
      initialRate: null,
      maintenanceRate: '0.0051',
      equity: '10262.91',
      available: '0',
      balance: '9684.46',
      initial: '127.86',
      maintenance: null,
    });
  });
});

describe('an instrument', () => {
  const instrument = (fields: object = {}) =>
    parseInstrument(
      instrumentRow.parse({
        symbol,
        status: 'Trading',
        baseCoin: 'BTC',
        settleCoin: 'USDT',
        optionsType: 'Call',
        deliveryTime: '1774598400000',
        priceFilter: { minPrice: '5', maxPrice: '1110000', tickSize: '5' },
        lotSizeFilter: { maxOrderQty: '500', minOrderQty: '0.01', qtyStep: '0.01' },
        displayName: 'BTCUSDT-27MAR26-70000-C',
        ...fields,
      }),
    );

  it('takes its strike from the symbol, which is kept as it came', () => {
    expect(instrument()).toEqual({
      symbol,
      baseCoin: 'BTC',
      settleCoin: 'USDT',
      optionType: 'call',
      strike: '70000',
      status: 'Trading',
      expiryMs: 1_774_598_400_000,
      expiryKind: 'quarterly',
      tickSize: '5',
      minPrice: '5',
      qtyStep: '0.01',
      minQty: '0.01',
      maxQty: '500',
    });
  });

  it.each([
    ['ETH-28FEB25-2800-P', 'USDC', 'put'],
    ['ETH-28FEB25-2800-P-USDT', 'USDT', 'put'],
    ['SOL-6JAN23-12.5-C-USDT', 'USDT', 'call'],
  ])('of symbol %s settles in %s and is a %s', (text, settleCoin, optionType) => {
    const deliveryTime = expiryDateMs(text.split('-')[1] ?? '');
    const read = instrument({ symbol: text, settleCoin: undefined, baseCoin: undefined, deliveryTime });
    expect(read).toMatchObject({ symbol: text, settleCoin, optionType });
  });

  it.each(['1774598400', '0', '4070908800000'])(
    'delivered at %s, far from its date, is refused',
    (deliveryTime) => {
      expect(() => instrument({ deliveryTime })).toThrow('not that date');
    },
  );

  it('under its display name is refused', () => {
    expect(() => instrument({ symbol: 'BTCUSDT-27MAR26-70000-C' })).toThrow(Unreadable);
  });
});

describe('a quote', () => {
  const quote = (fields: object) =>
    parseQuote(
      optionTickerRow.parse({ symbol, markPrice: '1239.2505585', indexPrice: '70089.53', ...fields }),
      7,
    );

  it('has the same meaning under the names of REST and of the stream', () => {
    const rest = quote({ bid1Price: '1225', bid1Size: '2.18', ask1Price: '1250', ask1Size: '11.23' });
    const stream = quote({ bidPrice: '1225', bidSize: '2.18', askPrice: '1250', askSize: '11.23' });
    expect(rest).toEqual({
      symbol,
      bid: '1225',
      ask: '1250',
      mark: '1239.2505585',
      index: '70089.53',
      greeks: null,
      openInterest: null,
      atMs: 7,
    });
    expect(stream).toEqual(rest);
  });

  it('carries greeks and open interest when the exchange shows all of them', () => {
    const greeks = { delta: '0.5178', gamma: '0.000176', vega: '16.76', theta: '-343.86' };
    const shown = { ...greeks, openInterest: '18.93' };
    const expected = { greeks: { ...greeks, volatility: '0.5421' }, openInterest: '18.93' };
    expect(quote({ ...shown, markIv: '0.5421' })).toMatchObject(expected);
    expect(quote({ ...shown, markPriceIv: '0.5421' })).toMatchObject(expected);
    expect(quote({ ...shown, delta: '' })).toMatchObject({ greeks: null });
  });

  it.each(['0', '', null, undefined])('with a price of %j has no quote on that side', (bid1Price) => {
    expect(quote({ bid1Price, ask1Price: '1250' })).toMatchObject({ bid: null, ask: '1250' });
  });

  it('for a size of 0 is none', () => {
    expect(quote({ bid1Price: '1225', bid1Size: '0' })).toMatchObject({ bid: null });
  });

  it('does not exist without a mark price or without an index', () => {
    expect(quote({ markPrice: '' })).toBeNull();
    expect(quote({ indexPrice: '0' })).toBeNull();
  });
});

describe('a page', () => {
  it.each([null, undefined, ''])('with a cursor of %j is the last one', (nextPageCursor) => {
    expect(page.parse({ list: null, nextPageCursor })).toEqual({ list: [], nextPageCursor: '' });
  });
});

describe('a number', () => {
  it('that is none is refused', () => {
    expect(positionRow.safeParse({ symbol, side: 'Buy', size: 'NaN' }).success).toBe(false);
    expect(positionRow.safeParse({ symbol, side: 'Buy', size: '0x10' }).success).toBe(false);
  });

  it('is written out whatever its notation', () => {
    expect(positionRow.parse({ symbol, side: 'Buy', size: 1e-7 }).size).toBe('0.0000001');
  });
});
