/** Every market there is against the promises of the port. What only the Bybit adapter has is in exchange-market.test.ts. */
import { FixtureMarket } from '../support/fixture-market.ts';
import { strikes } from '../support/task-fixture.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { Watched } from './exchange-fixture.ts';
import { openBacktestMarket, openBybitMarket, openSimulatedMarket } from './exchanges.ts';
import { cannot } from './suites/contract.ts';
import { describeMarketData, type MarketFixture } from './suites/market-data.ts';

describeMarketData('Bybit adapter on the paper server', { open: openBybitMarket });

const firstPrice = 'has a price of what is watched as soon as it is open, and says that it is live';
const optionTickers =
  'streams what an option is worth until it is unwatched once, however often it was watched';
const staleness = 'says that it is stale when its feed stops, and live again afterwards';

describeMarketData('simulated world', {
  open: openSimulatedMarket,
  skip: [
    { reason: 'prices of its world come when they change, the first one too', tests: [firstPrice] },
    { reason: 'no trigger of the simulation looks at the ticker of an option', tests: [optionTickers] },
  ],
});

describeMarketData('paper side of a backtest', {
  open: openBacktestMarket,
  skip: [
    {
      reason: 'a backtest opens its market before the first row is read, and no feed of it ever stops',
      tests: [firstPrice, staleness],
    },
  ],
});

describeMarketData('market that a test scripts', {
  open: openScripted,
  skip: [
    {
      reason: 'a test hands ticks to the listener itself',
      tests: [
        firstPrice,
        optionTickers,
        staleness,
        'streams the prices of a base coin, in exchange time',
        'changes nothing when it is asked again to watch a base coin',
      ],
    },
    {
      reason: 'it lists whatever option it is asked for, at the same prices',
      tests: [
        'has an empty chain of a series that is not listed',
        'has no price on a side that is empty',
        'quotes what there is when an option among others does not exist',
        'rejects the quote of an option that does not exist as one of the known errors',
        'the half-month call 2,500 above the index, in figures',
      ],
    },
  ],
});

function openScripted(): MarketFixture {
  const clock = new VirtualClock();
  const market = new FixtureMarket(clock, strikes);
  market.expiries = ['3MAR23', '10MAR23', '17MAR23', '24MAR23', '31MAR23', '28APR23'];
  market.moveTo({ index: '23500' });
  return {
    market,
    watched: new Watched(),
    nowMs: () => clock.nowMs(),
    setIndex: (price) => {
      market.moveTo({ index: price, mark: price, last: price });
      return Promise.resolve();
    },
    pass: (durationMs) => clock.advance(durationMs),
    until: cannot,
    breakFeed: cannot,
    faults: { noQuote: cannot },
  };
}
